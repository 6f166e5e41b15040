// What every report is asked about: one site, and days in its zone, both included.
export interface Question { site: string; from: string; to: string }
