# Tries connections from inside a pod, with whatever the image offers.
#   sh -c SCRIPT netsim-probe NONCE SECONDS WORKERS TARGET...
# A target is ID/PROTOCOL/HOST/PORT. Each gives a line "NONCE ID TOOL STATUS TEXT", in any
# order; the last line is "NONCE END COUNT". What the texts mean is decided elsewhere.
nonce=$1 seconds=$2 workers=$3
shift 3
# What the image sets for its own programs must change neither words nor ways.
set -f +ex
export LC_ALL=C
unset BASH_ENV

has() {
	type "$1" >/dev/null 2>&1
}

# A file descriptor carries stdin, as a background command gets /dev/null in its place. The
# watchdog holds no stream of ours, or the exec would last as long as its sleep. It ends with 0
# only if it killed, so that what the kernel kills for want of memory does not look overdue; from
# then on it ignores TERM, which may reach it before it has ended.
limited() {
	limit=$1
	shift
	if has sleep; then
		{ "$@" <&3 & } 3<&0
		child=$!
		(
			nap=
			trap 'kill $nap; exit 1' TERM
			sleep "$limit" &
			nap=$!
			wait "$nap" && trap '' TERM && kill -9 "$child"
		) </dev/null >/dev/null 2>&1 &
		watchdog=$!
		wait "$child"
		ended=$?
		kill "$watchdog" 2>/dev/null
		wait "$watchdog" 2>/dev/null && ended=124
		return "$ended"
	elif has timeout; then
		timeout "$limit" "$@"
	else
		"$@"
	fi
}

# Which netcat this is. BusyBox has three, by how it was built; toybox cannot be used, as it
# ends with 0 on a timeout, too.
find_nc() {
	for nc in nc ncat netcat; do
		has "$nc" || continue
		help=$("$nc" -h 2>&1 </dev/null)
		flags='-z -v'
		case $help in
		*OpenBSD*) tool=openbsd ;;
		*'[v1.'*) tool=traditional ;;
		*Ncat*) tool=ncat ;;
		*BusyBox*-v*)
			tool=busybox flags='-v -v'
			case $help in *-z*) flags='-z -v -v' ;; esac
			;;
		*BusyBox*-w*) minimal=$nc && continue ;;
		*BusyBox* | *'Unknown option'* | *oybox*) continue ;;
		*) tool=netcat ;;
		esac
		return
	done
}

in_bash='
protocol=$0 host=$1 port=$2 seconds=$3 payload=$4
exec 4< <(
	exec 2>&1 3<>"/dev/$protocol/$host/$port" || exit
	case $protocol in
	tcp) echo open ;;
	udp) printf "$payload" >&3; IFS= read -r -n 1 first <&3; [ -n "$first" ] && echo answered ;;
	esac
)
child=$!
IFS= read -r -t "$seconds" line <&4
ended=$?
[ "$ended" -gt 128 ] && kill -9 "$child" 2>/dev/null && line="timed out"
echo "$line"'

in_python='
import socket, sys
protocol, host, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
query = b"ns\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1" if port == 53 else b"netsim\n"
try:
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    family, kind, number, _, address = socket.getaddrinfo(host, port, 0, kind)[0]
    found = socket.socket(family, kind, number)
    found.settimeout(seconds)
    found.connect(address)
    if protocol == "udp":
        found.send(query)
        found.recv(1)
        print("answered")
    else:
        print("open")
except Exception as error:
    print("%s: %s" % (type(error).__name__, error))
'

find_tool() {
	tool=none minimal=
	find_nc
	[ "$tool" != none ] && return
	if has bash; then
		tool=bash
	elif has python3; then
		tool=python3
	elif [ -n "$minimal" ]; then
		tool=busybox-minimal nc=$minimal
	fi
}

# A netcat may leave as soon as its input ends; ncat does, before any answer can come.
question() {
	printf "$payload"
	has sleep && sleep "$seconds"
}

answered() {
	IFS= read -r first
	[ -n "$first" ] && echo answered
}

# A single line whatever the text, short enough to be written in one piece.
say() {
	id=$1 status=$2
	shift 2
	set -- $*
	printf '%s %s %s %s %.400s\n' "$nonce" "$id" "$tool" "$status" "$*"
}

probe_tcp() {
	case $tool in
	bash | python3) "$tool" $isolated -c "$code" tcp "$host" "$port" "$seconds" "$payload" ;;
	busybox-minimal) limited $((seconds + 3)) "$nc" -w "$seconds" "$host" "$port" ;;
	*)
		set -- "$nc" $numeric $flags -w "$seconds" "$host" "$port"
		# -w does not limit how long a name is looked up.
		if [ -n "$numeric" ]; then "$@"; else limited $((seconds + 10)) "$@"; fi
		;;
	esac
}

probe_udp() {
	case $tool in
	bash | python3) "$tool" $isolated -c "$code" udp "$host" "$port" "$seconds" "$payload" ;;
	busybox-minimal) echo 'no UDP' ;;
	*)
		case $tool in
		openbsd | traditional | busybox) ;;
		*) has sleep || { echo 'no UDP' && return; } ;;
		esac
		{
			question | limited $((seconds + 2)) "$nc" $numeric -v -u -w "$seconds" "$host" "$port"
			echo "status $?" >&2
		} | answered
		;;
	esac
}

probe() {
	IFS=/
	set -- $1
	IFS=$blanks
	id=$1 protocol=$2 host=$3 port=$4
	case $host in
	*:*) numeric=-n ;;
	*[!0-9.]*) numeric= ;;
	*) numeric=-n ;;
	esac
	# Something a DNS server answers: who serves the root. Other servers get a line of text.
	case $port in
	53) payload='ns\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001' ;;
	*) payload='netsim\n' ;;
	esac
	if [ "$tool" = none ]; then
		say "$id" -
		return
	fi
	text=$("probe_$protocol" 2>&1 </dev/null)
	say "$id" "$?" "$text"
}

blanks=$IFS
find_tool
case $tool in
bash) code=$in_bash isolated= ;;
# Without -I it would import any socket.py of the directory that the image starts in.
python3) code=$in_python isolated=-I ;;
esac
worker=0
while [ "$worker" -lt "$workers" ]; do
	(
		turn=0
		for target; do
			[ $((turn % workers)) -eq "$worker" ] && probe "$target"
			turn=$((turn + 1))
		done
	) &
	worker=$((worker + 1))
done
wait
printf '%s END %s\n' "$nonce" "$#"
