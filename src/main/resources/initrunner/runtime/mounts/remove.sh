# $1 an entry of the store of staged copies, which holds something else than it should.
umask 077
cd && cd .cache/initrunner/mounts || exit 3
chmod -R u+rwX "./$1"
rm -rf "./$1" && mkdir "./$1"
