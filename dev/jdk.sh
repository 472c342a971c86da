# Finds a JDK 25 or newer for ./initrunner and the scripts of dev. `require_jdk` sets `java` to its
# java program, or ends the script with the places that it looked at and how to get a JDK; `failed` is
# the status then, 1 where it is not set. `use_jdk` also sets JAVA_HOME, for Maven.

looked=

# Prints the feature version (`25`) of the JDK in a directory, or nothing.
feature_version() {
  version=
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  fi
  if [ -z "$version" ] && [ -x "$1/bin/java" ]; then
    version=$("$1/bin/java" -version 2>&1 </dev/null |
      sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  fi
  printf '%s' "$version"
}

# Takes the JDK in directory $2 if it is one and new enough; notes what was found under name $1.
try_jdk() {
  [ -x "$2/bin/java" ] || return 1
  version=$(feature_version "$2")
  if [ "${version:-0}" -ge 25 ] && [ -x "$2/bin/javac" ]; then
    java=$2/bin/java
    return 0
  fi
  found="$1 ($2 is ${version:-of no known version}"
  [ -x "$2/bin/javac" ] || found="$found, without javac"
  looked="$looked${looked:+, }$found)"
  return 1
}

home_of_java_on_path() {
  program=$(command -v java) || return 1
  while [ -h "$program" ]; do
    link=$(readlink "$program")
    case $link in
      /*) program=$link ;;
      *) program=$(dirname "$program")/$link ;;
    esac
  done
  (cd -P -- "$(dirname "$program")/.." && pwd)
}

find_java() {
  if [ -n "${JAVA_HOME-}" ]; then
    try_jdk JAVA_HOME "$JAVA_HOME" && return 0
  fi
  if path_home=$(home_of_java_on_path); then
    try_jdk PATH "$path_home" && return 0
  fi
  if [ -x /usr/libexec/java_home ] && mac_home=$(/usr/libexec/java_home -v 25+ 2>/dev/null); then
    try_jdk java_home "$mac_home" && return 0
  fi
  # In /opt, only names of JDKs: commands of a role may write to other directories there.
  for candidate in /usr/lib/jvm/* /opt/*jdk* /opt/*java* /opt/java/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    try_jdk "${candidate%/*}" "$candidate" && return 0
  done
  return 1
}

require_jdk() {
  find_java && return 0
  {
    printf 'initrunner: no JDK 25 or newer (with a javac) was found.\n'
    printf 'Looked at JAVA_HOME, PATH, /usr/lib/jvm/*, JDKs in /opt, ~/.sdkman/candidates/java/* and java_home: %s.\n' \
      "${looked:-nothing there}"
    printf 'To get one: apt install openjdk-25-jdk-headless, brew install --cask temurin@25, sdk install java 25-tem, or https://adoptium.net; then run this again, or set JAVA_HOME to it.\n'
  } >&2
  exit "${failed:-1}"
}

use_jdk() {
  require_jdk
  JAVA_HOME=${java%/bin/java}
  export JAVA_HOME
}
