"""The shapes of the shop's pictures, one per shelf: standing on y = 190, around x = 160, in four colours.

`a` is the body, `b` its dark side, `c` its light side, `d` the one bright detail.
"""

from string import Template

_SHAPES = {
    "drip": """<path d="M160 52c26 40 44 64 44 90a44 44 0 0 1-88 0c0-26 18-50 44-90z" fill="$a"/>
        <path d="M160 52c26 40 44 64 44 90a44 44 0 0 1-44 44z" fill="$b" opacity=".35"/>
        <path d="M134 138a28 28 0 0 0 20 30" stroke="$c" stroke-width="7" stroke-linecap="round" fill="none"/>
        <circle cx="226" cy="96" r="9" fill="$d"/><circle cx="96" cy="112" r="6" fill="$d"/>""",
    "hose": """<g fill="none" stroke-width="15"><circle cx="160" cy="132" r="52" stroke="$a"/>
        <circle cx="160" cy="132" r="34" stroke="$b"/><circle cx="160" cy="132" r="16" stroke="$a"/></g>
        <path d="M160 192h78" stroke="$a" stroke-width="15" fill="none"/><path d="M236 182h26v20h-26z" fill="$d"/>""",
    "can": """<path d="M116 104h84l10 86H106z" fill="$a"/><path d="M160 104h40l10 86h-50z" fill="$b" opacity=".4"/>
        <path d="M204 160l50-66" stroke="$a" stroke-width="13"/><path d="M240 78l34 26-12 8-30-24z" fill="$d"/>
        <path d="M120 106c-44-6-60 50-10 66" stroke="$b" stroke-width="10" fill="none"/>
        <path d="M128 104c6-34 54-34 62 0" stroke="$b" stroke-width="9" fill="none"/>""",
    "barrel": """<path d="M112 70h96c16 40 16 80 0 120h-96c-16-40-16-80 0-120z" fill="$a"/>
        <path d="M176 70h32c16 40 16 80 0 120h-32c10-40 10-80 0-120z" fill="$b" opacity=".4"/>
        <path d="M104 98h112M104 162h112" stroke="$b" stroke-width="8"/>
        <path d="M150 150h20v-12h-20z" fill="$d"/><ellipse cx="160" cy="70" rx="48" ry="9" fill="$c"/>""",
    "packet": """<path d="M108 62h104v128H108z" fill="$c"/><path d="M108 62h104v24H108z" fill="$a"/>
        <path d="M160 174v-46" stroke="$b" stroke-width="6"/>
        <path d="M160 140c-30 0-34-26-34-30 26 0 34 14 34 30zM160 130c0-18 12-28 32-28 0 20-12 28-32 28z" fill="$a"/>
        <circle cx="160" cy="74" r="6" fill="$d"/>""",
    "flower": """<path d="M160 190v-80" stroke="$b" stroke-width="7"/>
        <path d="M160 170c-36 2-44-22-44-28 30-2 44 10 44 28z" fill="$b"/>
        <g fill="$d"><ellipse cx="160" cy="62" rx="15" ry="24"/><ellipse cx="160" cy="118" rx="15" ry="24"/>
        <ellipse cx="132" cy="90" rx="24" ry="15"/><ellipse cx="188" cy="90" rx="24" ry="15"/></g>
        <g fill="$d" opacity=".75"><circle cx="140" cy="70" r="15"/><circle cx="180" cy="70" r="15"/>
        <circle cx="140" cy="110" r="15"/><circle cx="180" cy="110" r="15"/></g>
        <circle cx="160" cy="90" r="15" fill="$c"/>""",
    "bulb": """<path d="M160 82c40 34 56 52 56 76 0 22-24 34-56 34s-56-12-56-34c0-24 16-42 56-76z" fill="$a"/>
        <path d="M160 82c14 36 20 74 0 110 32 0 56-12 56-34 0-24-16-42-56-76z" fill="$b" opacity=".35"/>
        <path d="M160 96c-6-22-4-40 4-58 12 18 12 38 2 58z" fill="$d"/>
        <path d="M142 192l-6 12M160 192v14M178 192l6 12" stroke="$b" stroke-width="4"/>""",
    "bed": """<path d="M84 140h152v50H84z" fill="$a"/><path d="M84 164h152" stroke="$b" stroke-width="3"/>
        <path d="M84 140h14v50H84zM222 140h14v50h-14z" fill="$b"/><path d="M92 128h136l8 12H84z" fill="$b"/>
        <g stroke="$d" stroke-width="6" stroke-linecap="round" fill="none"><path d="M112 130v-30M112 116c-12-2-16-10-16-18M112
        112c10-2 14-8 14-16M160 130V84M160 112c-14-2-18-12-18-20M160 106c12-2 16-10 16-18M208 130v-26M208 118c-10-2-14-8-14-14M208
        114c8-2 12-8 12-12"/></g>""",
    "cloche": """<path d="M104 186v-48c0-34 24-62 56-62s56 28 56 62v48z" fill="$c" opacity=".75"/>
        <circle cx="160" cy="66" r="11" fill="$a"/>
        <path d="M160 186v-40M160 166c-22 0-28-16-28-22 20 0 28 10 28 22zM160 156c0-16 10-24 28-24 0 16-10 24-28 24z"
        fill="$d" stroke="$d" stroke-width="4"/><path d="M122 146c0-26 12-42 26-50" stroke="#fff" stroke-width="6"
        stroke-linecap="round" fill="none" opacity=".8"/><path d="M94 184h132v8H94z" fill="$b"/>""",
    "pot": """<path d="M112 112h96l-14 78h-68z" fill="$a"/><path d="M160 112h48l-14 78h-34z" fill="$b" opacity=".35"/>
        <path d="M102 94h116v22H102z" fill="$a"/><path d="M102 112h116v4H102z" fill="$b" opacity=".5"/>
        <path d="M160 94c-2-30-24-40-40-40 0 24 16 40 40 40zM160 94c0-36 18-52 42-54 2 32-14 54-42 54z" fill="$d"/>""",
    "saw": """<path d="M62 96h150v52l-150-18z" fill="$c"/>
        <path d="M62 130l8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 8 9 8-7 6 6v-16l-150-18z" fill="$c"/>
        <path d="M204 84h40c18 0 24 24 14 40l-16 38h-36c10-10 8-24-2-34z" fill="$a"/>
        <path d="M220 106h18c6 0 8 8 4 14l-6 14h-14c4-10 4-18-2-28z" fill="$g"/><circle cx="212" cy="98" r="4" fill="$d"/>""",
    "plane": """<path d="M70 150h182v28a10 10 0 0 1-10 10H76a6 6 0 0 1-6-6z" fill="$a"/><path d="M70 178h182v10H70z" fill="$b"/>
        <path d="M146 150l26-56h16l-18 56z" fill="$c"/><path d="M196 150c0-36 8-58 32-60 14 0 8 18 4 26-6 12-8 22-4 34z" fill="$b"/>
        <circle cx="100" cy="134" r="17" fill="$b"/>
        <path d="M150 148c-30-8-36-40-10-46 18-4 22 22 6 22" stroke="$d" stroke-width="6" fill="none"/>""",
    "chisel": """<g transform="rotate(-28 160 130)"><path d="M148 112h24v76l-24 14z" fill="$c"/>
        <path d="M148 202l24-14v-6l-24 8z" fill="$b"/><path d="M154 96h12v18h-12z" fill="$b"/>
        <path d="M144 30h32c6 20 6 46-4 64h-24c-10-18-10-44-4-64z" fill="$a"/><path d="M143 40h34v9h-34z" fill="$d"/></g>""",
    "bench": """<path d="M70 96h180v20H70z" fill="$a"/><path d="M70 112h180v6H70z" fill="$b"/>
        <path d="M92 118h18v72H92zM210 118h18v72h-18z" fill="$a"/><path d="M110 158h100v12H110z" fill="$b"/>
        <path d="M56 100h14v34H56z" fill="$b"/><path d="M40 114h18v7H40z" fill="$d"/>
        <path d="M176 82h44v14h-44z" fill="$c"/><path d="M130 78v18" stroke="$d" stroke-width="8"/>""",
    "clamp": """<path d="M96 70h128v13H96z" fill="$c"/><path d="M92 58h22v82H92z" fill="$a"/><path d="M184 58h22v64h-22z" fill="$a"/>
        <path d="M206 102h46v10h-46z" fill="$b"/><path d="M236 92h36v30h-36z" fill="$d"/>
        <path d="M114 104h70v20h-70z" fill="$b" opacity=".45"/><path d="M84 140h152v50H84z" fill="$b" opacity=".55"/>
        <path d="M84 140h152v10H84z" fill="$c"/>""",
    "toolbox": """<path d="M76 130h168l-12 60H88z" fill="$a"/><path d="M84 168h152" stroke="$b" stroke-width="3"/>
        <path d="M96 132l24-66h16l-22 66zM224 132l-24-66h-16l22 66z" fill="$b"/><path d="M110 62h100v12H110z" fill="$a"/>
        <path d="M140 130V96h12v34zM168 130v-44h9v44z" fill="$c"/><path d="M136 84h20v16h-20z" fill="$d"/>""",
    "tin": """<path d="M104 104h112v86H104z" fill="$a"/><path d="M172 104h44v86h-44z" fill="$b" opacity=".35"/>
        <ellipse cx="160" cy="104" rx="56" ry="13" fill="$c"/><ellipse cx="160" cy="102" rx="44" ry="8" fill="$d"/>
        <path d="M104 128h112v38H104z" fill="$c"/><path d="M142 147h36" stroke="$b" stroke-width="6"/>
        <path d="M104 108c6-62 106-62 112 0" stroke="$b" stroke-width="4" fill="none"/>""",
    "brush": """<g transform="rotate(34 160 120)"><path d="M150 28h20l8 76h-36z" fill="$a"/><path d="M136 102h48v26h-48z" fill="$c"/>
        <path d="M136 118h48v5h-48z" fill="$b"/><path d="M136 128h48l-6 62c-12 10-26 10-36 0z" fill="$b"/>
        <path d="M139 166h42l-3 24c-12 10-26 10-36 0z" fill="$d"/></g>""",
    "stone": """<path d="M80 152h160v38H80z" fill="$b"/><path d="M92 128h148v32H92z" fill="$a"/>
        <path d="M92 128l14-16h148l-14 16z" fill="$c"/><path d="M240 128l14-16v32l-14 16z" fill="$b"/>
        <path d="M128 100l74-38 8 12-68 36z" fill="$c"/><path d="M196 60l44-26 12 18-42 26z" fill="$d"/>""",
    "jar": """<path d="M112 92c-8 6-12 14-12 24v62a12 12 0 0 0 12 12h96a12 12 0 0 0 12-12v-62c0-10-4-18-12-24z" fill="$c" opacity=".8"/>
        <path d="M106 122h108v54a8 8 0 0 1-8 8h-92a8 8 0 0 1-8-8z" fill="$d"/>
        <g fill="$a"><circle cx="130" cy="142" r="11"/><circle cx="164" cy="150" r="12"/><circle cx="192" cy="138" r="10"/>
        <circle cx="146" cy="168" r="10"/><circle cx="184" cy="170" r="9"/></g>
        <path d="M108 68h104v22H108z" fill="$b"/><path d="M112 112v52" stroke="#fff" stroke-width="5" opacity=".6"/>""",
    "crock": """<path d="M112 92h96c20 24 20 76-6 98h-84c-26-22-26-74-6-98z" fill="$a"/>
        <path d="M168 92h40c20 24 20 76-6 98h-34c18-30 16-70 0-98z" fill="$b" opacity=".35"/>
        <path d="M104 80h112v14H104z" fill="$b"/><path d="M118 80c6-20 78-20 84 0z" fill="$a"/><circle cx="160" cy="60" r="9" fill="$b"/>
        <path d="M104 128c38 10 76 10 112 0" stroke="$d" stroke-width="8" fill="none"/>""",
    "press": """<path d="M92 56h10v134H92zM218 56h10v134h-10z" fill="$b"/><path d="M86 56h148v12H86z" fill="$b"/>
        <path d="M155 40h10v70h-10z" fill="$c"/><path d="M124 36h72v8h-72z" fill="$d"/><path d="M116 108h88v66h-88z" fill="$a"/>
        <path d="M130 108v66M146 108v66M162 108v66M178 108v66M192 108v66" stroke="$b" stroke-width="4"/>
        <path d="M112 100h96v10h-96z" fill="$c"/><path d="M80 174h160v16H80z" fill="$d"/>""",
    "loaf": """<path d="M90 130c-20-36 20-62 70-62s90 26 70 62v46H90z" fill="$a"/>
        <path d="M120 92l16 22M152 84l16 24M186 88l14 22" stroke="$c" stroke-width="8" stroke-linecap="round"/>
        <path d="M80 138h160l-12 52H92z" fill="$b"/><path d="M74 132h172v12H74z" fill="$d"/>""",
    "basket": """<path d="M76 128h168c-4 40-34 62-84 62s-80-22-84-62z" fill="$a"/>
        <path d="M84 146h152M92 162h136M108 178h104" stroke="$b" stroke-width="4"/><path d="M70 118h180v14H70z" fill="$b"/>
        <path d="M92 118c8-40 128-40 136 0z" fill="$c"/><path d="M128 104c18-12 44-12 62 0M144 94c10-6 24-6 34 0" stroke="$d"
        stroke-width="5" fill="none"/>""",
    "pin": """<path d="M78 168h164v22H78z" fill="$b"/><path d="M78 160h164v16H78z" fill="$a"/>
        <g transform="rotate(-14 160 128)"><path d="M98 110h124c8 12 8 24 0 36H98c-8-12-8-24 0-36z" fill="$c"/>
        <path d="M62 120h34v16H62zM224 120h34v16h-34z" fill="$d"/></g>""",
    "mill": """<path d="M110 122h100v62H110z" fill="$a"/><path d="M102 184h116v8H102zM102 114h116v10H102z" fill="$b"/>
        <path d="M136 146h48v26h-48z" fill="$b" opacity=".45"/><circle cx="160" cy="159" r="5" fill="$d"/>
        <path d="M122 114c4-32 72-32 76 0z" fill="$c"/><path d="M160 90V62h52" stroke="$b" stroke-width="8" fill="none"/>
        <circle cx="216" cy="56" r="12" fill="$d"/>""",
    "teapot": """<path d="M108 112c-16 30-8 64 16 78h72c24-14 32-48 16-78z" fill="$a"/>
        <path d="M176 112h36c16 30 8 64-16 78h-26c16-24 16-54 6-78z" fill="$b" opacity=".35"/>
        <path d="M214 138c30-2 26-34 48-40l6 10c-16 10-14 52-50 54z" fill="$a"/>
        <path d="M108 124c-46-14-54 44-4 46" stroke="$b" stroke-width="10" fill="none"/>
        <path d="M116 112c6-26 82-26 88 0z" fill="$c"/><circle cx="160" cy="84" r="9" fill="$d"/>""",
    "cup": """<path d="M106 98h100v60c0 20-14 32-32 32h-36c-18 0-32-12-32-32z" fill="$a"/>
        <path d="M166 98h40v60c0 20-14 32-32 32h-16c8-24 10-60 8-92z" fill="$b" opacity=".35"/>
        <path d="M206 114c42-6 42 48-2 46" stroke="$a" stroke-width="11" fill="none"/><ellipse cx="156" cy="98" rx="50" ry="11" fill="$c"/>
        <ellipse cx="156" cy="99" rx="41" ry="7" fill="$b"/>
        <path d="M140 80c-10-14 10-20 0-36M168 80c-10-14 10-20 0-36" stroke="$d" stroke-width="6" fill="none" stroke-linecap="round"/>""",
    "stove": """<path d="M150 30h20v44h-20z" fill="$b"/><path d="M108 80h104v98H108z" fill="$a"/><path d="M100 72h120v12H100z" fill="$b"/>
        <path d="M116 178h12v14h-12zM192 178h12v14h-12z" fill="$b"/><path d="M124 98h72v54h-72z" fill="$g"/>
        <path d="M160 104c18 16 24 24 24 34a24 14 0 0 1-48 0c0-8 6-12 10-20 4 4 6 6 8 10 4-8 6-14 6-24z" fill="$d"/>
        <path d="M150 162h20v6h-20z" fill="$c"/>""",
    "pipe": """<path d="M138 40h34v92h-34z" fill="$a"/><path d="M138 132c0 30 16 46 46 46h40v-34h-36c-12 0-16-4-16-12z" fill="$a"/>
        <path d="M160 40h12v92c0 8 4 12 16 12h36v10h-40c-18 0-24-10-24-22z" fill="$b" opacity=".45"/>
        <path d="M132 70h46v9h-46zM132 118h46v9h-46zM212 138h9v46h-9z" fill="$c"/>
        <path d="M146 34c-12-10 6-16-2-28M166 34c-10-10 8-16 0-28" stroke="$d" stroke-width="5" fill="none"/>""",
    "poker": """<path d="M104 184h112v8H104z" fill="$b"/><path d="M157 50h6v136h-6z" fill="$b"/><path d="M118 62h84v7h-84z" fill="$b"/>
        <path d="M121 66h7v96h-7z" fill="$a"/><path d="M112 148h25v30h-25z" fill="$a"/><path d="M192 66h7v80h-7z" fill="$a"/>
        <path d="M184 146h23l4 30h-31z" fill="$c"/><circle cx="160" cy="44" r="11" fill="$d"/>""",
    "bowl": """<path d="M80 128h160c-6 34-34 52-80 52s-74-18-80-52z" fill="$a"/><path d="M160 128h80c-6 34-34 52-80 52z" fill="$b" opacity=".4"/>
        <path d="M118 172l-12 20M202 172l12 20M160 180v12" stroke="$b" stroke-width="8"/>
        <path d="M160 44c34 30 44 46 40 68-2 12-12 16-40 16s-38-6-40-18c-2-16 10-24 18-38 6 6 10 10 12 18 8-14 12-26 10-46z" fill="$d"/>
        <path d="M162 84c14 14 20 22 18 32-2 8-8 12-20 12s-18-4-18-12c0-10 14-16 20-32z" fill="$c"/>""",
    "grill": """<path d="M160 36l-60 154M160 36l60 154M160 36v60" stroke="$b" stroke-width="7" fill="none"/>
        <path d="M96 116h128v8H96z" fill="$a"/><path d="M160 92l-58 24M160 92l58 24" stroke="$a" stroke-width="4"/>
        <path d="M116 116c0-14 28-14 28 0zM156 116c0-16 36-16 36 0z" fill="$c"/>
        <path d="M128 184c-4-20 14-24 14-40 16 10 12 20 16 24 4-4 4-8 4-16 20 12 26 20 24 32z" fill="$d"/>""",
    "pan": """<path d="M82 134h124v18c0 20-16 34-36 34h-52c-20 0-36-14-36-34z" fill="$a"/>
        <path d="M150 134h56v18c0 20-16 34-36 34h-30c10-16 12-34 10-52z" fill="$b" opacity=".5"/>
        <path d="M76 126h136v12H76z" fill="$b"/><path d="M208 128l70-22 4 12-70 24z" fill="$a"/>
        <path d="M112 122c12-18 52-18 64 0z" fill="$c"/><circle cx="144" cy="112" r="9" fill="$d"/>""",
    "axe": """<g transform="rotate(24 160 120)"><path d="M152 44h14l6 150h-20z" fill="$a"/>
        <path d="M140 46h40v34h-40z" fill="$b"/><path d="M142 46c-24 0-44-6-58-16 2 26 2 46 0 70 16-10 36-18 58-20z" fill="$c"/>
        <path d="M84 30c2 26 2 46 0 70l10-6c2-20 2-38 0-58z" fill="#fff" opacity=".5"/><path d="M150 174h22v20h-22z" fill="$d"/></g>""",
    "wedge": """<path d="M92 132h136v58H92z" fill="$a"/><ellipse cx="160" cy="132" rx="68" ry="17" fill="$c"/>
        <path d="M122 132c10-8 66-8 76 0M136 134c8-5 40-5 48 0" stroke="$b" stroke-width="3" fill="none"/>
        <path d="M134 52h48l-16 80h-12z" fill="$b"/><path d="M160 52h22l-16 80h-6z" fill="$d" opacity=".8"/>
        <path d="M160 132l-6 56" stroke="$b" stroke-width="4"/>""",
    "logs": """<g stroke="$a" stroke-width="6" fill="$c"><circle cx="114" cy="166" r="23"/><circle cx="162" cy="166" r="23"/>
        <circle cx="210" cy="166" r="23"/><circle cx="138" cy="124" r="23"/><circle cx="186" cy="124" r="23"/><circle cx="162" cy="82" r="23"/></g>
        <g stroke="$b" stroke-width="2.5" fill="none"><circle cx="114" cy="166" r="11"/><circle cx="162" cy="166" r="11"/>
        <circle cx="210" cy="166" r="11"/><circle cx="138" cy="124" r="11"/><circle cx="186" cy="124" r="11"/></g>
        <circle cx="162" cy="82" r="10" fill="$d"/>""",
}

MOTIFS = {name: Template(" ".join(shape.split())) for name, shape in _SHAPES.items()}
