# shellcheck shell=sh disable=SC2154,SC2016
# What the test runners share: a private copy of the checkout, built as an
# unprivileged user, installed, and a throw-away server to test it in.
#
# Meant to be sourced by a POSIX shell, with $checkout set to the repository.
# A function that fails has said why and returns non-zero; nothing exits but
# the caller, whose EXIT trap must call teardown.
#
# From the environment:
#   PGVER      PostgreSQL major version; default: the distribution's own
#   PG_CONFIG  test against this server; no server package is installed then
#   TMPDIR     where the private directory goes; default /tmp
#   TODO_ORM_OLD_PGVER   the version that pg_upgrade comes from in the tests; default: the
#              same. Its Debian package must be known to apt
#   TODO_ORM_BUILD_TWICE=yes  build packages a second time, to see whether they are the same
#   TODO_ORM_UPGRADE=yes  allow upgrading a server package whose cluster runs
#
# Nothing here touches a cluster that exists: the server of the tests listens
# on a unix socket inside the private directory and nowhere else.

extension=todo_orm
superuser=postgres      # the same name for every operating system user
port=54321              # not 5432: a client that ignores PGHOST must not find another server
loopback=               # must the server be reached by TCP, too?

work=                   # private directory, owned by $run_user
keep=                   # the same for what only root may change
pgver=                  # major version
with_server=            # do we install the server's packages?
package_installed=      # the Debian package that we have installed
run_user=               # who builds, serves and tests: never root
services_held=
dropin_dir_made=

createcluster_dir=/etc/postgresql-common/createcluster.d
createcluster_dropin=$createcluster_dir/$extension-test.conf
policy=/usr/sbin/policy-rc.d
mark="temporary, made by the tests of $extension"

# One progress line. Long steps say what they do before they do it.
say() {
    printf '== %s\n' "$*"
}

# What went wrong, and the end of a log file if there is one to show.
problem() {
    printf '!! %s\n' "$1"
    if [ -n "${2:-}" ] && [ -f "$2" ]; then
        tail -n "${3:-40}" "$2" | sed 's/^/   | /'
    fi
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        problem "not root, and there is no sudo, for: $*"
        return 1
    fi
}

# Runs a command as the unprivileged user: PostgreSQL refuses root, and what
# the tests do should not be able to hurt the machine. Without the terminal,
# and without the lock. In the background, so that a signal to the shell is
# acted upon at once and not after a long test.
as_user() {
    set -- env HOME="$work" TMPDIR="$work/tmp" USER="$run_user" LOGNAME="$run_user" "$@"
    if [ "$(id -u)" = 0 ]; then
        set -- setpriv --reuid="$run_user" --regid="$(id -g "$run_user")" --init-groups "$@"
    fi
    "$@" </dev/null 9>&- &
    wait $!
}

# Makes the outcome independent of whose shell this is.
clean_environment() {
    umask 022
    for name in $(env | sed -n 's/^\(PG[A-Z_]*\)=.*/\1/p'); do
        case $name in
            PGVER | PG_CONFIG) ;;
            *) unset "$name" ;;
        esac
    done
    unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES LANGUAGE PYTHONPATH PYTHONHOME PERL5OPT PERL5LIB
    LC_ALL=C.UTF-8
    PYTHONDONTWRITEBYTECODE=1
    # Debian's own tools first, before a python3 somebody has in /usr/local
    PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
    export LC_ALL PYTHONDONTWRITEBYTECODE PATH
}

# ---------------------------------------------------------------- packages

# The installed version of a Debian package, or nothing.
installed_version() {
    dpkg-query -W -f='${Status}/${Version}\n' "$1" 2>/dev/null | sed -n 's,.* ok installed/,,p'
}

# The version that apt would install, or nothing.
offered_version() {
    apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -vx '(none)'
}

# Fresh package lists. A source that cannot be reached is no reason to stop:
# whether the packages can be had is seen when they are installed.
apt_update() {
    say "apt-get update"
    as_root apt-get -q update >"$apt_log" 2>&1 || problem "apt-get update had errors; going on" "$apt_log" 5
}

# Installing a server or pgbouncer on Debian starts it, and a server also gets
# a cluster "main". Both are kept from happening, only while we install, by the
# two switches that Debian has for this. A switch somebody has set stays as is.
hold_services() {
    services_held=yes
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\n# %s\nexit 101\n' "$mark" | as_root tee $policy >/dev/null || return 1
        as_root chmod 755 $policy || return 1
    fi
    [ -d $createcluster_dir ] || dropin_dir_made=yes
    as_root mkdir -p $createcluster_dir || return 1
    printf '# %s\ncreate_main_cluster = false\n' "$mark" | as_root tee "$createcluster_dropin" >/dev/null
}

# Takes the two switches back.
release_services() {
    [ -n "$services_held" ] || return 0
    if grep -qsF "$mark" $policy; then
        as_root rm -f $policy
    fi
    [ ! -e "$createcluster_dropin" ] || as_root rm -f "$createcluster_dropin"
    if [ -n "$dropin_dir_made" ]; then
        as_root rmdir --ignore-fail-on-non-empty $createcluster_dir
    fi
    services_held=
}

# apt-get install, without questions and without starting anything.
apt_install() {
    say "apt-get install $*"
    hold_services || return 1
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        install "$@" >"$apt_log" 2>&1 </dev/null
    apt_status=$?
    if [ $apt_status = 0 ]; then
        case " $* " in
            # we want the program, not a pooler that runs from the next boot on
            *" pgbouncer "*) as_root update-rc.d pgbouncer disable >/dev/null 2>&1 ;;
        esac
    fi
    release_services
    return $apt_status
}

# The server's packages that must be installed or changed. Server, client and
# headers must be of one minor version: minors do change what an extension is
# compiled against. Headers of the installed server's version are preferred to
# an upgrade of the server.
wanted_server_packages() {
    server=$(installed_version "postgresql-$pgver")
    client=$(installed_version "postgresql-client-$pgver")
    headers=$(installed_version "postgresql-server-dev-$pgver")
    if [ -n "$server" ] && [ "$server" = "$client" ] && [ "$server" = "$headers" ]; then
        return
    fi
    if [ -n "$server" ] && [ "$server" = "$client" ] &&
        apt-cache madison "postgresql-server-dev-$pgver" | grep Packages | tr -d ' ' | cut -d'|' -f2 | grep -qFx "$server"; then
        echo "postgresql-server-dev-$pgver=$server"
        return
    fi
    echo "postgresql-$pgver postgresql-client-$pgver postgresql-server-dev-$pgver"
}

# Everything that $needed asks for and the machine has not, one line.
wanted_packages() {
    {
        [ -z "$with_server" ] || wanted_server_packages
        for package in $needed; do
            [ -n "$(installed_version "$package")" ] || echo "$package"
        done
    } | tr '\n' ' ' | sed 's/ $//'
}

# Does apt know all of these? It knows none on a machine without package lists.
known_to_apt() {
    for package in "$@"; do
        [ -n "$(offered_version "${package%%=*}")" ] || return 1
    done
}

# Upgrading the server package restarts the clusters of that version, and they
# are not ours.
upgrade_is_harmless() {
    case " $* " in
        *" postgresql-$pgver "*) ;;
        *) return 0 ;;
    esac
    if [ -z "$(installed_version "postgresql-$pgver")" ] || [ "${TODO_ORM_UPGRADE:-}" = yes ]; then
        return 0
    fi
    if pg_lsclusters -h 2>/dev/null | awk -v v="$pgver" '$1 == v && $4 ~ /online/ { found = 1 } END { exit !found }'; then
        problem "postgresql-$pgver and its headers differ in version; the upgrade would restart a running cluster.
   Upgrade it when it suits you, or allow it: TODO_ORM_UPGRADE=yes"
        return 1
    fi
}

# Installs what is missing, and nothing when nothing is. Package lists are
# fetched only if they are needed: none there, or older than the archive.
install_packages() {
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here: using what is installed"
        return 0
    fi
    wanted=$(wanted_packages)
    if [ -n "$wanted" ] && [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        problem "missing, and neither root nor sudo to install it: $wanted"
        return 1
    fi
    apt_log=$(mktemp) || return 1
    updated=
    while wanted=$(wanted_packages) && [ -n "$wanted" ]; do
        # $wanted is a list of words
        # shellcheck disable=SC2086
        upgrade_is_harmless $wanted || break
        # shellcheck disable=SC2086
        if known_to_apt $wanted && apt_install $wanted; then
            wanted=$(wanted_packages)
            [ -z "$wanted" ] || problem "installed, and still not right: $wanted"
            break
        fi
        if [ -n "$updated" ]; then
            problem "apt cannot install: $wanted" "$apt_log"
            break
        fi
        updated=yes
        apt_update
    done
    rm -f "$apt_log"
    [ -z "$wanted" ]
}

# Which of the tests' files are there? (A glob that matches nothing stays as is.)
any_file() {
    [ -e "$1" ]
}

# The packages that building and the given suites need, beside the server.
choose_packages() {
    needed="make gcc libc6-dev perl"
    [ -n "${PG_CONFIG:-}" ] || with_server=yes
    for suite in "$@"; do
        case $suite in
            pgtap) ! any_file "$checkout"/test/pgtap/*.sql || needed="$needed $(package_of_pgtap)" ;;
            tap) needed="$needed $(packages_of_tap "$checkout"/test/t/*.p[lm])" ;;
            clients) needed="$needed $(packages_of_clients "$checkout"/test/clients/*.py)" ;;
            examples)
                needed="$needed $(packages_of_examples)"
                # JDBC knows no unix sockets
                ! any_file "$checkout"/examples/drivers/java/*.java || loopback=yes
                ;;
            packages)
                if [ -n "$with_server" ]; then
                    without_bitcode=yes     # the package is built with it
                    needed="$needed python3 git unzip build-essential debhelper postgresql-server-dev-all lintian blhc"
                fi
                ;;
        esac
    done
}

# pgTAP's, where the server is Debian's.
package_of_pgtap() {
    [ -z "$with_server" ] || echo "postgresql-$pgver-pgtap"
}

# The packages of tests that have servers of their own: what they name.
packages_of_tap() {
    any_file "$@" || return 0
    echo libipc-run-perl
    ! grep -qs pgbouncer "$@" || echo pgbouncer
    ! grep -qs pgtap "$@" || package_of_pgtap
    ! grep -qs examples/drivers "$@" || packages_of_examples
    ! grep -qs fastapi_test "$@" || packages_of_clients "$checkout/test/clients/fastapi_test.py"
    [ -z "${TODO_ORM_OLD_PGVER:-}" ] || echo "postgresql-$TODO_ORM_OLD_PGVER"
}

# The packages of programs in Python: what they import, and what they run.
packages_of_clients() {
    any_file "$@" || return 0
    echo python3
    for module in psycopg psycopg2 asyncpg sqlalchemy sqlmodel alembic jsonschema pydantic fastapi uvicorn httpx selenium; do
        ! grep -qsw "$module" "$@" || echo "python3-$module"
    done
    # Debian 12 has none
    if grep -qsw openapi_spec_validator "$@" && ! grep -qs '^VERSION_ID="12"' /etc/os-release; then
        echo python3-openapi-spec-validator
    fi
    if grep -qsw tsc "$@"; then
        echo node-typescript
        command -v node >/dev/null || echo nodejs
    fi
    ! grep -qsw selenium "$@" || echo chromium chromium-driver
    ! grep -qs examples/postgraphile "$@" || node_packages examples/postgraphile
}

# The packages of the languages that there are programs in.
packages_of_examples() {
    for dir in "$checkout"/examples/drivers/*/; do
        case $dir in
            */python/) echo python3 python3-psycopg python3-psycopg-pool python3-asyncpg ;;
            */node/) node_packages examples/drivers/node ;;
            */java/) echo default-jdk-headless libpostgresql-jdbc-java libhikaricp-java ;;
            */go/) echo golang-go golang-github-lib-pq-dev ;;
            */perl/) echo libdbd-pg-perl ;;
            */ruby/) echo ruby-pg ruby-connection-pool ;;
            */php/) echo php-cli php-pgsql ;;
        esac
    done | tr '\n' ' '
}

# The packages that programs of Node.js need. Debian's nodejs comes without npm,
# others' with it; not needed where what they import is there. Arguments: their
# directory.
node_packages() {
    echo nodejs
    [ -d "$checkout/$1/node_modules" ] || command -v npm >/dev/null || echo npm
}

# The directories of the checkout whose programs import what a package.json names.
node_directories() {
    (cd "$checkout" && find examples -name node_modules -prune -o -name package.json -printf '%h\n')
}

# Fetches what a package.json names; --prefix says where it is. Also for .ci/run.
# shellcheck disable=SC2034
npm_install="npm install --no-package-lock --ignore-scripts --no-audit --no-fund --no-update-notifier --prefix"

# The major version to test: asked for, or the distribution's own. A PostgreSQL
# repository that somebody added does not change what is tested by default.
choose_version() {
    if [ -n "${PG_CONFIG:-}" ]; then
        PG_CONFIG=$(command -v "$PG_CONFIG") || { problem "PG_CONFIG is not a program"; return 1; }
        pgver=$("$PG_CONFIG" --version | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p')
    elif [ -n "${PGVER:-}" ]; then
        pgver=$PGVER
    else
        pgver=$(distribution_version)
    fi
    case $pgver in
        [1-9][0-9]) ;;
        *) problem "no PostgreSQL version to test found (got '$pgver'); set PGVER or PG_CONFIG"; return 1 ;;
    esac
}

# What the distribution calls its PostgreSQL.
distribution_version() {
    # shellcheck source=/dev/null
    release=$(. /etc/os-release 2>/dev/null && echo "${ID:-}-${VERSION_ID:-}")
    case $release in
        debian-12) echo 15 ;;
        debian-13) echo 17 ;;
        *) metapackage_version ;;
    esac
}

# The version that the package "postgresql" stands for, or else the newest one
# that is installed.
metapackage_version() {
    if command -v apt-get >/dev/null && [ -z "$(offered_version postgresql)" ]; then
        as_root apt-get -q update >/dev/null 2>&1
    fi
    {
        ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sed 's,.*postgresql/\([0-9]*\)/bin,\1,'
        apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p'
    } | sort -n | tail -n 1
}

# --------------------------------------------------- private directory, build

# Copies a checkout without what git or a build put there. Also for .ci/run.
copy_checkout() {
    tar -C "$1" --exclude=./.git --exclude='*.o' --exclude='*.bc' --exclude='*.so' \
        --exclude=./results --exclude=./output_iso --exclude=./tmp_check --exclude='./regression.*' \
        -cf - . | tar -C "$2" --no-same-owner -xf -
}

# Who runs everything: the caller; for root the owner of a source-built server,
# else the user that Debian's package made, else nobody.
choose_user() {
    run_user=$(id -un)
    if [ "$(id -u)" = 0 ]; then
        run_user=$(stat -c %U "$PG_CONFIG")
        if [ "$run_user" = root ] || [ "$run_user" = UNKNOWN ]; then
            run_user=postgres
            id "$run_user" >/dev/null 2>&1 || run_user=nobody
        fi
    fi
}

# The private directory, where $run_user gets at it and the name of a socket
# in it stays short (the limit is 107 bytes).
make_work() {
    for base in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
        [ ${#base} -le 50 ] && [ -w "$base" ] || continue
        work=$(mktemp -d "$base/$extension.XXXXXX") || continue
        mkdir "$work/tmp" "$work/log" "$work/src" || return 1
        if [ "$(id -u)" = 0 ]; then
            chown -R "$run_user" "$work" || return 1
        fi
        ! as_user test -w "$work/src" || return 0
        rm -rf "$work"
    done
    work=
    problem "found no directory for temporary files"
    return 1
}

# Copies the checkout and builds it, warnings being errors.
build() {
    say "building for $("$PG_CONFIG" --version) as $run_user"
    copy_checkout "$checkout" "$work/src" || return 1
    if [ "$(id -u)" = 0 ]; then
        chown -R "$run_user" "$work/src" || return 1
    fi
    if ! as_user make -s -C "$work/src" -j"$(nproc)" PG_CONFIG="$PG_CONFIG" COPT=-Werror >"$work/log/build.log" 2>&1; then
        problem "the build failed" "$work/log/build.log" 60
        return 1
    fi
}

# An older server of our own, for the tests of pg_upgrade: a private copy of
# what Debian has installed, with the headers of the same version, which are
# only unpacked (their package wants a compiler of that release), and todo_orm.
build_old() {
    old=$work/old/usr/lib/postgresql/$TODO_ORM_OLD_PGVER
    say "building for PostgreSQL $TODO_ORM_OLD_PGVER, which is to be upgraded"
    TODO_ORM_OLD_PG_CONFIG=$old/bin/pg_config
    export TODO_ORM_OLD_PG_CONFIG
    if ! as_user sh -c '
        mkdir -p "$1/old/usr/lib/postgresql" "$1/old/usr/share/postgresql" "$1/src-old" && cd "$1/old" &&
        cp -R "/usr/lib/postgresql/$2" usr/lib/postgresql/ &&
        cp -R "/usr/share/postgresql/$2" usr/share/postgresql/ &&
        apt-get -q download "postgresql-server-dev-$2=$3" && dpkg -x postgresql-server-dev-*.deb . &&
        tar -C "$1/src" --exclude="*.o" --exclude="*.bc" --exclude="*.so" -cf - . | tar -C "$1/src-old" -xf - &&
        make -s -C "$1/src-old" PG_CONFIG="$4" with_llvm=no &&
        make -s -C "$1/src-old" PG_CONFIG="$4" with_llvm=no install' \
        sh "$work" "$TODO_ORM_OLD_PGVER" "$(installed_version "postgresql-$TODO_ORM_OLD_PGVER")" "$TODO_ORM_OLD_PG_CONFIG" \
        >"$work/log/build-old.log" 2>&1; then
        problem "the older server cannot be had" "$work/log/build-old.log" 60
        return 1
    fi
}

# ----------------------------------------------------------------- installing

# Runs a command with the right to write into the server's directories.
as_installer() {
    if [ -w "$sharedir/extension" ] && [ -w "$pkglibdir" ]; then
        "$@"
    else
        as_root "$@"
    fi
}

# One test run at a time may have its files installed in a server. The lock is
# on a directory that is there anyway, and goes when the process goes.
lock_installation() {
    exec 9<"$sharedir/extension" || return 1
    if ! flock -n 9; then
        say "another test run uses this server's directories; waiting for it"
        flock 9
    fi
}

# Notes what installing will write, and saves what is there already, so that
# the machine can be put back as it was.
remember_installed() {
    as_user make -C "$work/src" PG_CONFIG="$PG_CONFIG" COPT=-Werror DESTDIR="$work/stage" install \
        >"$work/log/install.log" 2>&1 && remember_staged
}

# The same for what is in $work/stage already.
remember_staged() {
    keep=$(as_installer mktemp -d) || return 1
    as_installer sh -c '
        cd "$1/stage" || exit 1
        find . ! -type d >"$2/files"
        find . -depth -type d | while read -r dir; do [ -d "/$dir" ] || echo "$dir"; done >"$2/dirs"
        while read -r file; do [ ! -e "/$file" ] || echo "$file"; done <"$2/files" >"$2/existed"
        tar -C / -cf "$2/existed.tar" -T "$2/existed"' sh "$work" "$keep"
}

# Installs the build.
install_extension() {
    say "installing into $pkglibdir and $sharedir/extension"
    lock_installation || return 1
    if ! remember_installed ||
        ! as_installer make -C "$work/src" PG_CONFIG="$PG_CONFIG" COPT=-Werror install >"$work/log/install.log" 2>&1; then
        problem "make install failed" "$work/log/install.log"
        return 1
    fi
}

# Takes away what install_extension and provide_pgtap wrote, and puts back what
# was there before.
uninstall_extension() {
    [ -n "$keep" ] || return 0
    as_installer sh -c '
        cd / || exit 1
        while read -r file; do rm -f "$file"; done <"$1/files"
        while read -r dir; do rmdir "$dir" 2>/dev/null; done <"$1/dirs"
        if [ -s "$1/existed" ]; then tar -C / -xpf "$1/existed.tar"; fi
        rm -rf "$1"' sh "$keep"
    keep=
}

# --------------------------------------------------------- Debian's package

# Builds what test/packages/build builds, in $work/packages.
build_packages() {
    begun=$(date +%s)
    say "building the distribution and its Debian packages"
    if ! as_user mkdir "$work/packages" || ! as_user env -u PG_CONFIG -u MAKEFLAGS sh test/packages/build "$work/src" "$work/packages" \
        "$pgver" ${TODO_ORM_BUILD_TWICE:+again} >"$work/log/packages.log" 2>&1; then
        problem "the packages cannot be built" "$work/log/packages.log" 60
        return 1
    fi
    say "packages built: $(($(date +%s) - begun)) s"
}

# Installs the package, where none is. What is in its place is saved first.
install_package() {
    if [ -n "$(installed_version "postgresql-$pgver-todo-orm")" ]; then
        problem "postgresql-$pgver-todo-orm is installed here: it would be lost. Purge it, or leave out the suite packages"
        return 1
    fi
    deb=$(echo "$work/packages/first/postgresql-$pgver-todo-orm_"*.deb)
    rm -rf "$work/stage"
    if ! as_user dpkg-deb -x "$deb" "$work/stage" || ! remember_staged; then
        problem "the package cannot be unpacked"
        return 1
    fi
    package_installed=postgresql-$pgver-todo-orm
    say "installing $package_installed"
    hold_services && as_root dpkg -i "$deb" >"$work/log/dpkg.log" 2>&1 </dev/null
    dpkg_status=$?
    release_services
    [ $dpkg_status = 0 ] || problem "the package cannot be installed" "$work/log/dpkg.log"
    return $dpkg_status
}

# Purges it again. Nothing of it must be left; then what was there before is put back.
remove_package() {
    [ -n "$package_installed" ] || return 0
    as_root dpkg --purge "$package_installed" >"$work/log/purge.log" 2>&1 </dev/null || problem "not purged" "$work/log/purge.log"
    left=$(cd / && while read -r file; do [ ! -e "$file" ] || echo "$file"; done <"$keep/files" | head -n 5)
    package_installed=
    uninstall_extension
    [ -z "$left" ] || { problem "the package has left files behind, among them: $left"; return 1; }
}

# pgTAP for a server that is not Debian's: it is SQL only, so a Debian package
# of any version will do: one that is installed, else one that is unpacked.
provide_pgtap() {
    [ ! -e "$sharedir/extension/pgtap.control" ] || return 0
    from=$(newest_pgtap /usr)
    if [ -z "$from" ]; then
        package=$(apt-cache search --names-only '^postgresql-[0-9]+-pgtap$' 2>/dev/null | cut -d' ' -f1 | sort -V | tail -n 1)
        [ -n "$package" ] || return 1
        say "unpacking $package"
        (cd "$work/tmp" && as_user apt-get -q download "$package" && as_user sh -c "dpkg -x $package*.deb pgtap") \
            >"$work/log/pgtap.log" 2>&1
        from=$(newest_pgtap "$work/tmp/pgtap/usr")
        [ -n "$from" ] || return 1
    fi
    for file in "$from"/pgtap*; do
        echo ".$sharedir/extension/${file##*/}" | as_installer tee -a "$keep/files" >/dev/null
        as_installer install -m 644 "$file" "$sharedir/extension/" || return 1
    done
}

# The directory under $1 that holds the newest pgTAP.
newest_pgtap() {
    found=$(ls -d "$1"/share/postgresql/*/extension/pgtap.control 2>/dev/null | sort -V | tail -n 1)
    echo "${found%/pgtap.control}"
}

# --------------------------------------------------------------------- server

# A throw-away cluster: no care for the disk, UTC. Unix socket only, or loopback
# besides, where a password is needed and superusers have none: every user of
# the machine reaches it.
start_server() {
    say "starting a private server in $work"
    if ! as_user "$bindir/initdb" -D "$work/data" -U "$superuser" --auth-local=trust --auth-host=scram-sha-256 --locale=C.UTF-8 --encoding=UTF8 \
        --no-sync --no-instructions >"$work/log/initdb.log" 2>&1; then
        problem "initdb failed" "$work/log/initdb.log"
        return 1
    fi
    cat >"$work/test.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$work'
port = $port
fsync = off
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
CONF
    as_user sh -c 'cat "$1/test.conf" >>"$1/data/postgresql.conf"' sh "$work" || return 1
    if ! start_listening; then
        problem "the server does not start" "$work/log/server.log"
        return 1
    fi
    PGHOST=$work PGPORT=$port PGUSER=$superuser PGDATABASE=postgres
    export PGHOST PGPORT PGUSER PGDATABASE
}

# Starts the server; for loopback with a port that nobody has. Who has it is
# seen by taking it: a port that was free a moment ago may not be.
start_listening() {
    if [ -z "$loopback" ]; then
        pg_ctl_start
        return
    fi
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$(shuf -i 20000-32000 -n 1)
        ! pg_ctl_start -o "-p $port -c listen_addresses=127.0.0.1" || return 0
        grep -q 'could not create any TCP/IP sockets' "$work/log/server.log" || return 1
        say "port $port is taken (try $try)"
        as_user rm -f "$work/log/server.log"
    done
    return 1
}

pg_ctl_start() {
    as_user "$bindir/pg_ctl" -D "$work/data" -l "$work/log/server.log" "$@" -w start >"$work/log/pg_ctl.log" 2>&1
}

# Stops every server whose data directory is in the private directory: ours,
# and what a test left behind. Then whatever else was started by as_user, such
# as a pooler: its environment or its command line names that directory.
stop_servers() {
    find "$work" -name postmaster.pid 2>/dev/null | while read -r pidfile; do
        as_user "$bindir/pg_ctl" -D "${pidfile%/*}" -m immediate -w stop >/dev/null 2>&1
    done
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        [ "$pid" != $$ ] && [ "$(stat -c %U "$process" 2>/dev/null)" = "$run_user" ] || continue
        if cat "$process/environ" "$process/cmdline" 2>/dev/null | grep -qaF "$work/"; then
            as_user kill "$pid" 2>/dev/null
        fi
    done
}

# Makes everything ready for the given suites.
setup() {
    clean_environment
    cd "$checkout" || return 1
    choose_version || return 1
    choose_packages "$@"
    # bitcode doubles the time that a build takes
    [ -z "${without_bitcode:-}" ] || { MAKEFLAGS=with_llvm=no && export MAKEFLAGS; }
    install_packages || return 1
    PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$pgver/bin/pg_config}
    bindir=$("$PG_CONFIG" --bindir) || return 1
    sharedir=$("$PG_CONFIG" --sharedir) || return 1
    pkglibdir=$("$PG_CONFIG" --pkglibdir) || return 1
    PATH=$bindir:$PATH
    choose_user
    make_work && build || return 1
    case " $* ${TODO_ORM_OLD_PGVER:-none} " in
        *" none "*) ;;
        *" tap "*) build_old || return 1 ;;
    esac
    install_extension && start_server
}

# Puts everything back. Called with "failed", it keeps the logs and says where.
teardown() {
    release_services
    [ -n "$work" ] || return 0
    stop_servers
    remove_package
    uninstall_extension
    if [ "${1:-}" = failed ]; then
        kept=$(mktemp -d "${work%/*}/$extension-failed.XXXXXX") && cp -R "$work/log/." "$kept" &&
            say "logs of this run: $kept"
    fi
    cd / && rm -rf "$work" 2>/dev/null || as_root rm -rf "$work"
    work=
}
