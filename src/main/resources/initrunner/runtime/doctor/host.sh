# Prints what a host is like, a NAME=VALUE on each line. The arguments are programs to look for.

echo "user=$(id -un)"
echo "os=$(uname -sr)"
echo "shell=$SHELL"
echo "path=$PATH"
echo "directory=$(pwd -P)"
echo "time=$(date +%s)"
echo "files=$(ulimit -n)"
echo "free=$(df -Pk . 2>/dev/null | awk 'END {print $4}')"
for each; do
  command -v "$each" >/dev/null 2>&1 && echo "has_$each=yes"
done
:
