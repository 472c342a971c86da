# Finds Maven for ./initrunner and the scripts of dev, which have set `root` and `java`. `find_maven`
# sets `maven` to the mvn on PATH if it is new enough, or else to the wrapper, which fetches the one
# that .mvn/wrapper names. `require_maven` also has it fetched, or ends the script with the cause in
# one line; `failed` is the status then, 1 where it is not set.

# What the plugins of pom.xml need.
is_new_enough() {
  case $1 in
    3.[0-5] | 3.[0-5].* | 3.6 | 3.6.[0-2] | [0-2].*) return 1 ;;
    [3-9].* | [1-9][0-9]*.*) return 0 ;;
    *) return 1 ;;
  esac
}

find_maven() {
  maven=mvn
  if command -v mvn >/dev/null 2>&1; then
    maven_version=$(JAVA_HOME=${java%/bin/java} mvn -v 2>/dev/null </dev/null |
      sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    is_new_enough "$maven_version" && return
  fi
  maven=$root/mvnw
}

# The host of a URL, without a password that may stand in it.
host_of() {
  host=${1#*://}
  host=${host%%/*}
  printf '%s' "${host##*@}"
}

# $1 is the file for what the wrapper says.
require_maven() {
  find_maven
  if [ "$maven" = mvn ] || JAVA_HOME=${java%/bin/java} "$maven" -v </dev/null >"$1" 2>&1; then
    return
  fi
  source=$(host_of "${MVNW_REPOURL:-$(sed -n 's/^distributionUrl=//p' "$root/.mvn/wrapper/maven-wrapper.properties")}")
  proxy=${https_proxy:-${HTTPS_PROXY-}}
  if grep -q 'Failed to validate' "$1"; then
    why="what came from $source is not the Maven that .mvn/wrapper names (its SHA-256 is another one); look at what stands between, or install Maven 3.6.3 or newer"
  elif [ -n "$proxy" ]; then
    why="it could not be fetched from $source through the proxy $(host_of "$proxy") of https_proxy; correct that, name a mirror with MVNW_REPOURL, or install Maven 3.6.3 or newer"
  else
    why="it could not be fetched from $source; try again with a network, set https_proxy for a proxy, name a mirror with MVNW_REPOURL, or install Maven 3.6.3 or newer"
  fi
  printf 'initrunner: Maven is needed to build, and %s (the whole log: %s)\n' "$why" "$1" >&2
  exit "${failed:-1}"
}

# For the scripts of dev, in the root of the tree; after `use_jdk`.
use_maven() {
  root=$PWD
  mkdir -p target && require_maven target/maven.log
}
