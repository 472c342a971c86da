#!/bin/sh
# A jump host and hosts behind it, each in a network of its own, in one user namespace. Each host has
# one link, to the jump host, and no route beyond it. As root, by
#   unshare --user --map-root-user --net network-lab.sh HOSTS
# It prints the ids of a process in each network, the jump host's first, and ends all of them when its
# input is closed. Host N is 10.99.N.2; its link is linkN at the jump host and eth0 at its own end.
set -eu
PATH=$PATH:/usr/sbin:/sbin

networks=
end() {
  # shellcheck disable=SC2086 # one word a process
  kill $networks 2>/dev/null
}
trap end EXIT
trap : INT HUP TERM

own=$(readlink /proc/self/ns/net)
ip link set lo up
for number in $(seq "$1"); do
  unshare --net sleep infinity </dev/null >/dev/null &
  networks="$networks $!"
  until [ "$(readlink "/proc/$!/ns/net")" != "$own" ]; do sleep 0.01; done
  ip link add name "link$number" type veth peer name eth0 netns "$!"
  ip address add "10.99.$number.1/30" dev "link$number"
  ip link set "link$number" up
  nsenter --net="/proc/$!/ns/net" sh -euc '
    ip link set lo up
    ip address add "$1" dev eth0
    ip link set eth0 up' sh "10.99.$number.2/30"
done
echo "$$$networks"
read -r _ || :
