// The outline of the mark on a 24 x 24 grid: a shop bell on its bracket, and its clapper.
// Few points and whole numbers only: the snippet carries it too.

export const BELL = "M4 3h9v3q6 1 6 7v3l2 3H5l2-3v-3q0-6 4-7V5H4ZM10 20h6l-2 2h-2Z";
