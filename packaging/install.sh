#!/bin/sh
# Installs chatd from this directory, or takes it away again.
#
#   ./install.sh               programs, units and pages below /usr/local; starts chatd
#   ./install.sh --uninstall   takes them away; configuration and database stay
#
# PREFIX=/opt/chatd ./install.sh installs below another directory; --uninstall needs the same.
# Needs root. The configuration, /etc/chatd/chatd.toml, is never overwritten.
set -eu
cd "$(dirname "$0")"
prefix=${PREFIX:-/usr/local}
list=$prefix/share/chatd/installed

die() { echo "install.sh: $*" >&2; exit 1; }
usage() { sed -n '2,8s/^# \{0,1\}//p' "$0"; }
# with_systemd COMMAND...: only where systemd runs.
with_systemd() { if [ -d /run/systemd/system ]; then systemctl "$@"; fi; }

case "$prefix" in /*) ;; *) die "PREFIX must be an absolute path: $prefix" ;; esac
case "${1:-}" in
    "") verb=install ;;
    --uninstall) verb=uninstall ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || die "must run as root: sudo $0 $*"

# Where a file of the tree goes. systemd looks for units below /usr and /usr/local, and below no other prefix.
place() {
    case "$prefix:$1" in
        /usr:* | /usr/local:*) echo "$prefix/$1" ;;
        *:lib/systemd/catalog/*) echo "$prefix/$1" ;;
        *:lib/systemd/*) echo "/etc/${1#lib/}" ;;
        *) echo "$prefix/$1" ;;
    esac
}

install_files() {
    mkdir -p "$prefix/share/chatd"
    : >"$list.new"
    # shellcheck disable=SC2044 # no name in the tree has a blank
    for file in $(cd tree && find . -type f | sed 's|^\./||' | sort); do
        to=$(place "$file")
        mkdir -p "$(dirname "$to")"
        # Under another name first: a program that runs cannot be written to, but replaced.
        case "$file" in
            *.service) sed "s|/usr/bin/|$prefix/bin/|g" "tree/$file" >"$to.new"; chmod 644 "$to.new" ;;
            bin/*) cp "tree/$file" "$to.new"; chmod 755 "$to.new" ;;
            *) cp "tree/$file" "$to.new"; chmod 644 "$to.new" ;;
        esac
        mv "$to.new" "$to"
        echo "$to" >>"$list.new"
    done
    mv "$list.new" "$list"
}

make_user() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$prefix/lib/sysusers.d/chatd.conf"
    elif ! id chatd >/dev/null 2>&1; then
        useradd --system --user-group --home-dir /var/lib/chatd --shell /usr/sbin/nologin chatd
    fi
    mkdir -p /etc/chatd/tls
    chmod 700 /etc/chatd/tls
}

if [ "$verb" = uninstall ]; then
    [ -f "$list" ] || die "nothing is installed below $prefix: $list is missing"
    with_systemd disable --now chatd.socket chatd.service || true
    with_systemd stop 'chatd@*.service' || true
    xargs rm -f <"$list"
    rm -f "$list"
    rmdir "$prefix/share/chatd" "$prefix/share/doc/chatd/docs" "$prefix/share/doc/chatd" 2>/dev/null || true
    with_systemd daemon-reload
    echo "chatd is gone. Configuration and database stay: /etc/chatd, /var/lib/chatd"
    exit 0
fi

install_files
make_user
if [ ! -e /etc/chatd/chatd.toml ]; then
    cp chatd.toml /etc/chatd/chatd.toml
    chmod 644 /etc/chatd/chatd.toml
fi
"$prefix/bin/chatd" --check-config /etc/chatd/chatd.toml
if [ ! -d /run/systemd/system ]; then
    echo "chatd is installed; systemd does not run here, so start it with: $prefix/bin/chatd"
    exit 0
fi
systemctl daemon-reload
journalctl --update-catalog || true
# A restart where it runs: systemd keeps the listening sockets over it.
systemctl enable chatd.service
systemctl restart chatd.service || die "chatd did not start; see what it says with: journalctl -u chatd -n 20"
echo "chatd runs. Try: $prefix/bin/chatctl status"
