# Prints the kernel settings that may forbid namespaces, as NAME=VALUE. The kernel gives the content
# of such a file to the first read only, and some shells read byte by byte, so `cat` reads it.

for name in kernel/unprivileged_userns_clone kernel/apparmor_restrict_unprivileged_userns \
  user/max_user_namespaces; do
  value=$(cat /proc/sys/$name 2>/dev/null) && echo "$name=$value"
done
:
