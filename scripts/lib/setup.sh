# Shared by the scripts beside it: a Python environment in .venv with devdb installed, and a PostgreSQL server.
# To be sourced, with $root set to the repository. Speaks on stderr; what was installed before is left alone.

venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }

die() {
    say "Error: $1"
    shift
    for hint in "$@"; do say "Hint: $hint"; done
    exit 2
}

# run_logged TITLE COMMAND...: say the title, keep the command's output for the case that it fails.
run_logged() {
    local title=$1 log started=$SECONDS status=0
    shift
    log=$(mktemp "${TMPDIR:-/tmp}/devdb-setup.XXXXXX")
    say "$title"
    "$@" </dev/null >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        say "Error: this failed with status $status after $((SECONDS - started)) s: $*"
        return "$status"
    fi
    rm -f "$log"
}

can_apt() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

apt_updated=
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "$apt_updated" ]; then
        run_logged "asking the package servers for what there is" apt-get -q update || exit 2
        apt_updated=1
    fi
    run_logged "installing $*" apt-get -q -y install --no-install-recommends "$@" || exit 2
}

is_good_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

# Debian's python3 has remnants of ensurepip without python3-venv: being asked something is what they do not survive.
can_make_venv() { "$1" -c 'import ensurepip, venv; ensurepip.version()' >/dev/null 2>&1; }

# Sets $python to the first Python of 3.10 or later, preferring one that can make environments.
find_python() {
    local name path
    python=
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.14 python3.13 python3.12 python3.11 python3.10 python
    fi
    for name; do
        path=$(command -v "$name") || continue
        is_good_python "$path" || continue
        if can_make_venv "$path"; then
            python=$path
            return 0
        fi
        python=${python:-$path}
    done
    [ -n "$python" ]
}

ensure_python() {
    if ! find_python; then
        can_apt || die "no Python 3.10 or later was found" "install one (python.org, brew install python, apt-get install python3)"
        apt_install python3 python3-venv
        find_python || die "this system's Python is older than 3.10" "install a later one and name it in PYTHON"
    fi
    if ! can_make_venv "$python"; then
        can_apt || die "$python cannot make environments: its modules venv and ensurepip are missing" \
            "sudo apt-get install python3-venv"
        apt_install python3-venv
        can_make_venv "$python" || apt_install "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
}

is_usable_environment() {
    is_good_python "$venv/bin/python" && [ "$(cat "$venv/.devdb-root" 2>/dev/null || printf '%s' "$root")" = "$root" ]
}

# ensure_environment [EXTRA]: devdb, editable, in .venv; installed anew only when what it is made of has changed.
ensure_environment() {
    local extra=${1:-} wanted what=$root
    wanted="$root $(cat "$root/pyproject.toml" "$root/setup.cfg" "$root/devdb/__init__.py" | cksum)"
    if [ "$(cat "$venv/.devdb-installed$extra" 2>/dev/null)" = "$wanted" ] && is_usable_environment; then
        return 0
    fi
    if [ -e "$venv" ] && ! is_usable_environment; then
        [ -f "$venv/pyvenv.cfg" ] || die "$venv is in the way: it is no Python environment"
        say "removing $venv, whose Python is gone, is older than 3.10, or was set up in another place"
        rm -rf "$venv"
    fi
    if [ ! -e "$venv" ]; then
        ensure_python
        run_logged "making $venv with $("$python" --version)" "$python" -m venv "$venv" || {
            rm -rf "$venv"
            exit 2
        }
        printf '%s\n' "$root" >"$venv/.devdb-root"
    fi
    "$venv/bin/python" -c 'import pip' 2>/dev/null ||
        run_logged "installing pip into $venv" "$venv/bin/python" -m ensurepip || exit 2
    [ -z "$extra" ] || what="$root[$extra]"
    run_logged "installing devdb${extra:+ and its $extra tools} into $venv" \
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --editable "$what" || exit 2
    printf '%s\n' "$wanted" >"$venv/.devdb-installed"
    printf '%s\n' "$wanted" >"$venv/.devdb-installed$extra"
}

# A server of 14 or later with postgres_fdw is installed, or the script ends saying what to install.
ensure_server() {
    local words rules=/etc/postgresql-common/createcluster.d
    words=$("$venv/bin/python" -m devdb.server.installation 2>&1) && return 0
    if can_apt; then
        # Nobody asked for a server that runs all the time: the package is kept from making one, this once.
        mkdir -p "$rules"
        # shellcheck disable=SC2064 # now is when the name is known
        trap "rm -f '$rules/devdb-demo.conf'" EXIT
        printf 'create_main_cluster = false\n' >"$rules/devdb-demo.conf"
        apt_install postgresql
        rm -f "$rules/devdb-demo.conf"
        trap - EXIT
        words=$("$venv/bin/python" -m devdb.server.installation 2>&1) && return 0
    fi
    say "$words"
    exit 2
}

# Sources that are not PostgreSQL, for the tests: MariaDB's programs without its service, and wrappers for the server
# that the tests run on. What cannot be had is named, and the tests that need it are skipped.
ensure_sources() {
    local missing
    can_apt || return 0
    missing=$("$venv/bin/python" -c '
from devdb.server.installation import find_server, has_extension
server = find_server()
print(*(f"postgresql-{server.major}-{name}-fdw" for name in ("mysql", "tds") if not has_extension(server, f"{name}_fdw")))
') || return 0
    [ -x /usr/sbin/mariadbd ] || missing="mariadb-server-core $missing"
    command -v mariadb >/dev/null || missing="mariadb-client-core $missing"
    # shellcheck disable=SC2086 # names of packages, which hold no spaces
    apt_try $missing
}

# What draws, for the tests of what is drawn: a browser, and Graphviz. As above.
ensure_viewers() {
    local missing=
    can_apt || return 0
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        missing=chromium
    command -v dot >/dev/null || missing="$missing graphviz"
    # shellcheck disable=SC2086
    apt_try $missing
}

# apt_try PACKAGE...: install what can be had, and name what cannot.
apt_try() {
    local package
    [ "$#" -gt 0 ] || return 0
    if [ -z "$apt_updated" ]; then
        run_logged "asking the package servers for what there is" apt-get -q update || return 0
        apt_updated=1
    fi
    for package; do
        # Each by itself, and in a shell that may end: a release may have one and not another.
        (apt_install "$package") || say "going on without $package: the tests that need it are skipped"
    done
}
