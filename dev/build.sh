# Building for ./initrunner and dev/package, which have set `root`, `java`, `maven` (dev/maven.sh),
# `launch`, the directory for what is made on the way, and `app`, the directory of the build. They
# have the functions `say` and `name_libraries`.

# $also names more goals of Maven.
also=
compile() {
  (
    cd "$root" || exit 1
    JAVA_HOME=${java%/bin/java}
    export JAVA_HOME
    # shellcheck disable=SC2086 # one word a goal, or none
    exec "$maven" -B -P '!format,launch' -Doutput.directory="${launch#"$root"/}/build" \
      compile dependency:copy-dependencies@runtime-libraries \
      dependency:unpack-dependencies@native-libraries jar:jar $also
  ) </dev/null >"$launch/build.log" 2>&1
}

explain_failed_build() {
  unreachable=$(sed -n -e 's/.*Unknown host \([^ :]*\).*/\1/p' \
    -e 's/.*Could not transfer artifact .* from\/to \([^ ]*\) (\([^)]*\)).*/\2/p' \
    -e 's/.*Cannot access [^ ]* (\([^)]*\)) in offline mode.*/\1/p' "$launch/build.log" | head -n 1)
  if [ -n "$unreachable" ] && [ -n "${https_proxy:-${HTTPS_PROXY-}}" ]; then
    say "the build failed: Maven cannot reach $unreachable, and it does not read https_proxy; name the proxy $(host_of "${https_proxy:-${HTTPS_PROXY-}}") under <proxies> in ~/.m2/settings.xml (the whole log: $launch/build.log)"
    return
  fi
  if [ -n "$unreachable" ]; then
    say "the build failed: Maven cannot reach $unreachable, and what it needs from there is not on this machine; try again with a network, or name a mirror in ~/.m2/settings.xml (the whole log: $launch/build.log)"
    return
  fi
  say "the build failed:"
  {
    grep '^\[ERROR\]' "$launch/build.log" | grep -v -e 'Help [0-9]' -e '^\[ERROR\] *$' -e ' -X switch' \
      -e ' -e switch' -e 'articles:' || tail -n 20 "$launch/build.log"
  } | head -n 20 >&2
  say "the whole log: $launch/build.log"
}

assemble() {
  mv "$launch/build/initrunner.jar" "$launch/build/lib" "$app/" && name_commit >"$app/commit"
}

# Such as `1a2b3c4d5e6f of 2026-01-31`, for --version. A directory of sources may lie in the tree of
# another repository.
name_commit() {
  if ! git -C "$root" ls-files --error-unmatch initrunner pom.xml >/dev/null 2>&1; then
    echo unknown
    return
  fi
  commit=$(git -C "$root" log -1 --abbrev=12 --format='%h of %cs')
  changed=$(git -C "$root" status --porcelain -- initrunner pom.xml src/main dev)
  printf '%s\n' "$commit${changed:+, with changes}"
}

# Rewrites classes so that a JVM has less to do with them at each start. It is an accelerator, as
# training is: without them, everything works.
prepare_classes() {
  "$java" -cp "$app/initrunner.jar$libraries" "$root/dev/PrepareClasses.java" \
    "$app"/lib/picocli-*.jar "$app/initrunner.jar" </dev/null >"$launch/prepare.log" 2>&1
}

# A run over the usual commands, so that the next JVM finds their classes loaded and linked. What
# the training learned for the optimising compiler is left out: that one is not used, and all of a
# cache is read at every start.
train() {
  train_for version ""
  train_for help ""
  train_for hook ""
  train_for exec ""
  train_for run "$libraries"
}

# $1 is the cache, $2 what its class path has beside the jar.
train_for() {
  (
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
    exec "$java" --enable-native-access=ALL-UNNAMED -Dinitrunner.build="$app" \
      -cp "$app/initrunner.jar$libraries" initrunner.cli.StartupTraining "$app/training" \
      "$java" -XX:AOTCacheOutput="$app/$1.aot" -XX:ErgoHeapSizeLimit=8g \
      -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
      -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
      --enable-native-access=ALL-UNNAMED -Djava.locale.providers=SPI -Dinitrunner.build="$app" \
      -cp "$app/initrunner.jar$2" initrunner.cli.StartupCommands "$1"
  ) </dev/null >"$launch/training.log" 2>&1 || rm -f "$app/$1.aot"
  rm -rf "$app/training" "$app/$1.aot.config"
}
