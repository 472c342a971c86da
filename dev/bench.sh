# Building and running the programs of bench/java; dev/bench and dev/soak source it from the root of
# the tree.

. dev/jdk.sh
. dev/maven.sh
use_jdk
use_maven

build_benchmarks() {
  mkdir -p target
  echo "dev/${0##*/}: building" >&2
  "$maven" -q -B -P bench test-compile \
    dependency:build-classpath -Dmdep.outputFile=target/bench.classpath >target/bench.log 2>&1 </dev/null || {
    tail -n 20 target/bench.log >&2
    exit 1
  }
}

# Runs a class with a heap of $1 and the flags of $flags, by the function $starter if there is one. The
# libraries under test log to standard error, which is not part of the result.
run_benchmark() {
  heap=$1
  shift
  # shellcheck disable=SC2086 # several flags, or none
  ${starter-} "$java" "-Xmx$heap" ${flags-} --enable-native-access=ALL-UNNAMED \
    -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" \
    "$@" 2>>target/bench.log
}
