package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.role.tools.ShellSettings;
import initrunner.tool.CallBounds;
import initrunner.tool.ShellTool;
import initrunner.tool.policy.CommandPolicy.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandPolicyTest {

  private static final List<String> BLOCKED = ShellSettings.DEFAULT.blockedCommands();

  private static final CommandPolicy POLICY = new CommandPolicy(List.of(), BLOCKED);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo hi | rm foo",
        "a && b",
        "a || b",
        "a ; b",
        "a > f",
        "a >> f",
        "a < f",
        "cat << EOF",
        "cat <<< x",
        "sleep 10 &",
        "( a )",
        "{ a }",
        "a ;; b",
        "A=1 rm | cat",
        "ls;pwd",
        "ls&&pwd",
        "ls|wc",
        "make 2>&1",
        "make 2>/dev/null",
        "make >log",
        "make&",
        "cat <<EOF",
        "cat<f",
        "echo a >&2",
        "diff <(a) b",
        "(ls)",
        "echo \"a\"|cat",
        "echo 'a';ls",
        "echo a\nls",
        "echo \\\\|cat",
        "echo `a`|cat",
        "echo $(a)|cat"
      })
  void aWordThatIsAShellOperatorIsRefused(String command) {
    assertThat(refusal(command)).startsWith("Error: shell operator '");
  }

  @ParameterizedTest
  @CsvSource({"make 2>&1, 2>&1", "make 2> f, 2>", "ls -1>f, >", "a && b, &&", "x 12>>f, 12>>"})
  void theRefusalNamesTheOperatorWithItsFileDescriptors(String command, String operator) {
    assertThat(refusal(command)).startsWith("Error: shell operator '" + operator + "'");
  }

  @Test
  void whatIsQuotedIsNoOperator() {
    assertThat(argv("cut -d '|' -f1 f")).containsExactly("cut", "-d", "|", "-f1", "f");
    assertThat(argv("find . -exec ls -d {} \\;"))
        .containsExactly("find", ".", "-exec", "ls", "-d", "{}", ";");
    assertThat(argv("find . \\( -name a -o -name b \\)"))
        .containsExactly("find", ".", "(", "-name", "a", "-o", "-name", "b", ")");
    assertThat(argv("awk -F ';' \"{print \\$1 > 2}\" f"))
        .containsExactly("awk", "-F", ";", "{print $1 > 2}", "f");
    assertThat(argv("echo '&&' \"||\" \\> '<<' \\&"))
        .containsExactly("echo", "&&", "||", ">", "<<", "&");
    assertThat(argv("sh -c 'make 2>&1 | tail'")).containsExactly("sh", "-c", "make 2>&1 | tail");
    assertThat(argv("\necho a \\\n b\n")).containsExactly("echo", "a", "b");
    assertThat(argv("echo 'a\nb' { }")).containsExactly("echo", "a\nb", "{", "}");
  }

  @Test
  void whatAShellExpandsIsPassedOnLiterally() {
    assertThat(argv("echo $(whoami) `id`")).containsExactly("echo", "$(whoami)", "`id`");
    assertThat(argv("echo $(rm -rf /)")).containsExactly("echo", "$(rm", "-rf", "/)");
    assertThat(argv("echo $((1+2)) `a|b` $(a;b)"))
        .containsExactly("echo", "$((1+2))", "`a|b`", "$(a;b)");
    assertThat(argv("echo $HOME *")).containsExactly("echo", "$HOME", "*");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "echo 'hello|invalid command syntax",
        "echo \\|invalid command syntax",
        "~~|empty command",
        "~   ~|empty command",
        "''|empty command",
        ":() { :&};:|fork bomb",
        ":(){ :& };:|fork bomb",
        ": ( ) { x|fork bomb"
      },
      delimiter = '|')
  void whatIsNoCommandIsRefused(String command, String reason) {
    assertThat(refusal(command)).startsWith("Error: ").contains(reason);
  }

  @Test
  void aPipedForkBombIsRefusedBeforeItsSyntaxIsLookedAt() {
    assertThat(refusal(":() { :|:& };: '")).contains("fork bomb");
  }

  @Test
  void aNulIsRefused() {
    assertThat(refusal("echo a\0b")).contains("invalid command syntax");
    assertThat(refusal("\0ls")).contains("invalid command syntax");
  }

  @Test
  void theAllowListIsComparedWithTheBaseName() {
    CommandPolicy policy = new CommandPolicy(List.of("env"), BLOCKED);
    assertThat(policy.judge("/usr/bin/env python"))
        .isEqualTo(new Verdict.Allowed(List.of("/usr/bin/env", "python")));
    assertThat(policy.judge("python"))
        .isEqualTo(
            new Verdict.Refused(
                "python", "Error: command 'python' is not in the allowed list: env."));
  }

  @Test
  void theBlockListWinsOverTheAllowList() {
    CommandPolicy policy = new CommandPolicy(List.of("rm"), BLOCKED);
    assertThat(refusal(policy, "rm x")).contains("'rm' is blocked");
    assertThat(policy.permits("rm")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm x",
        "/bin/rm x",
        "./rm x",
        "../bin/rm x",
        "/usr/bin/../bin//rm x",
        "rm/ x",
        "/bin/rm// x",
        "\\rm x",
        "r\"\"m x",
        "'r'm x",
        "\"rm\" x",
        "r\\m x",
        "  rm x",
        "\trm\tx",
        "\nrm x",
        "''rm x"
      })
  void aBlockedProgramIsRefusedHoweverItIsWritten(String command) {
    assertThat(refusal(command)).isEqualTo("Error: command 'rm' is blocked.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env rm x",
        "/usr/bin/env rm x",
        "env -i rm x",
        "env - rm x",
        "env A=1 B=2 rm x",
        "env -u A rm x",
        "env -uA rm x",
        "env -iu A rm x",
        "env --unset A rm x",
        "env --unset=A rm x",
        "env --uns A rm x",
        "env -C /tmp -- rm x",
        "env -S 'rm x'",
        "env -S'rm x'",
        "env -vS 'A=1 rm x'",
        "env -S 'rm\\_x'",
        "env --split-string 'rm x'",
        "env --split-string='\"rm\" x'",
        "env -S 'A=1' rm x",
        "nice rm x",
        "nice -n 5 rm x",
        "nice -n5 rm x",
        "nice -10 rm x",
        "nice --adjustment 5 rm x",
        "nohup rm x",
        "timeout 5 rm x",
        "timeout -s KILL 5 rm x",
        "timeout --signal=KILL -k 3 5 rm x",
        "timeout --foreground 5 env nice rm x",
        "setsid -w rm x",
        "stdbuf -oL rm x",
        "stdbuf -o L rm x",
        "ionice -c 3 rm x",
        "ionice -c3 rm x",
        "time rm x",
        "time -f %e rm x",
        "xargs rm",
        "xargs -0 -n 1 rm",
        "xargs -I {} rm {}",
        "xargs -I{} rm {}",
        "xargs --max-args 1 rm",
        "busybox rm x",
        "/bin/busybox env rm x",
        "toybox rm x",
        "chroot / rm x",
        "chroot --userspec=0:0 / rm x",
        "taskset 1 rm x",
        "taskset -c 0 rm x",
        "chrt -i 0 rm x",
        "flock /tmp/l rm x",
        "flock -w 3 /tmp/l rm x",
        "unshare -r rm x",
        "unshare -U --map-user 0 --propagation slave rm x",
        "nsenter -t 1 -m rm x",
        "setarch -R rm x",
        "setarch x86_64 -R rm x",
        "linux64 rm x",
        "i386 -B rm x",
        "prlimit --nofile=10 -n=5 rm x",
        "setpriv --reuid 0 --clear-groups rm x",
        "runuser -u root -- rm x",
        "systemd-run --user -p MemoryMax=1G --unit u -- rm x",
        "systemd-run -E A=1 --scope rm x",
        "strace -f -o /dev/null rm x",
        "watch -n 1 rm x",
        "doas -u root rm x",
        "env -S '\"r\"m x'",
        "env -S \"'rm' x\"",
        "env -iS 'rm x'",
        "env --split='-u A rm x'",
        "env -S 'nice -n 5' rm x",
        "env -S 'env -S \"rm x\"'",
        "env -S '-i\\_rm\\_x'",
        "choom -n 500 -- rm x",
        "choom -n 500 rm x",
        "ssh-agent rm x",
        "ssh-agent -t 5 rm x",
        "dbus-run-session -- rm x",
        "dbus-run-session --config-file f rm x",
        "logsave -a /tmp/log rm x",
        "bwrap --dev-bind / / rm x",
        "bwrap --ro-bind /usr /usr --unshare-all --setenv A B --tmpfs /t --overlay a b c -- rm x",
        "fakeroot rm x",
        "fakeroot -s f -- rm x",
        "fakechroot rm x",
        "start-stop-daemon --start --exec /bin/rm -- x",
        "start-stop-daemon -S -p f -x rm",
        "start-stop-daemon --start --startas=/bin/rm",
        "busybox env rm x",
        "pkexec rm x",
        "pkexec --user root rm x",
        "parallel rm ::: x",
        "parallel -j 4 'rm {}' ::: x",
        "numactl -C 0 rm x",
        "numactl --cpunodebind=0 --localalloc rm x",
        "/lib64/ld-linux-x86-64.so.2 /bin/rm x",
        "/lib/ld-musl-x86_64.so.1 --library-path /x /bin/rm x",
        "ld.so --argv0 a --preload b rm x",
        "strace --string-limit 5 rm x",
        "strace --some-new-option rm x",
        "strace --some-new-option value rm x",
        "strace -y -e trace=file -s 20 rm x",
        "ltrace -n 2 rm x",
        "gdb -batch -ex run --args rm x",
        "valgrind --leak-check=full rm x",
        "perf stat -e cycles -- rm x",
        "perf record -o f rm x",
        "nsenter --wd rm x",
        "nsenter --wd=/ -t 1 -a rm x",
        "nsenter -t 1 --wdns / rm x",
        "nsenter --targ 1 rm x",
        "unshare --map-root-user --fork rm x",
        "setpriv --no-new-privs rm x",
        "chrt --idle 0 rm x",
        "chrt --idle rm x",
        "runcon system_u:system_r:crond_t:s0 rm x",
        "ionice --class 3 rm x",
        "taskset --cpu-list 0 rm x",
        "script -q -c 'rm x' /dev/null",
        "script /dev/null -c 'rm x'",
        "script --command='rm x' f",
        "watch rm x",
        "watch 'A=1 rm x'",
        "watch -n 1 'rm x'",
        "flock /tmp/l -c 'rm x'",
        "xvfb-run -a rm x",
        "xvfb-run -s '-screen 0' rm x",
        "prlimit --nproc=5 rm x",
        "runuser -u root -c 'A=1 rm x'",
        "sg users 'rm x'",
        "sg users -c 'rm x'",
        "systemd-inhibit --what=sleep rm x",
        "systemd-inhibit --what sleep --why w rm x",
        "systemd-cat -t a rm x",
        "find . -name x -exec rm {} +",
        "find . -execdir /bin/rm {} +",
        "find . -ok echo a -exec env rm {} +",
        "fdfind x -x rm",
        "fd x --exec=rm",
        "eatmydata rm x",
        "faketime yesterday rm x",
        "chronic rm x",
        "torsocks rm x",
        "proxychains4 -q rm x",
        "cpulimit -l 50 -- rm x",
        "aa-exec -p profile rm x",
        "runcon -t t rm x",
        "proot -r / rm x",
        "hyperfine 'rm x'",
        "uv run rm x",
        "poetry run rm x",
        "npm exec rm x",
        "conda run -n base rm x",
        "tmux new-session -d 'rm x'",
        "nice -n 5 env -i timeout 5 stdbuf -oL xargs -0 rm x"
      })
  void aBlockedProgramIsRefusedBehindAWrapper(String command) {
    assertThat(refusal(command)).contains("command 'rm' is blocked, behind '");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sshpass -p x rm y",
        "qemu-x86_64 /bin/rm x",
        "qemu-aarch64-static -L /usr/aarch64 ./rm x",
        "ifne rm x",
        "caffeinate -i -t 5 rm x",
        "sem -j 2 rm x",
        "sem --id a --wait 'rm x'",
        "coreutils --coreutils-prog=rm x",
        "trickle -s -d 10 rm x",
        "memusage -p f rm x",
        "sotruss -e rm x",
        "mpirun -np 2 --mca a b rm x",
        "mpiexec -n 1 ls : -n 1 rm x",
        "mpiexec.hydra -n 1 rm x",
        "srun -N1 -n 1 rm x",
        "srun -n1 ls : -n1 rm x",
        "salloc -N 1 rm x",
        "sbatch --wrap 'rm x'",
        "gamemoderun rm x",
        "mangohud --dlsym rm x",
        "prime-run rm x",
        "waypipe -n server -- rm x",
        "uwsm app -- rm x",
        "flatpak-spawn --host rm x",
        "distrobox-host-exec rm x",
        "host-spawn -no-pty rm x",
        "distrobox enter box -- rm x",
        "toolbox run -c box rm x",
        "rbenv exec rm x",
        "pyenv exec rm x",
        "asdf exec rm x",
        "mise exec -- rm x",
        "chamber exec rm x",
        "dotenv run rm x",
        "dotenv -f .env run -- rm x",
        "dotenvx run -- rm x",
        "envchain ns rm x",
        "with-contenv rm x",
        "pgrphack rm x",
        "fghack rm x",
        "setlock f rm x",
        "xterm -e rm x",
        "alacritty -T t -e rm x",
        "foot rm x",
        "foot -e rm x",
        "kitty --hold rm x",
        "gnome-terminal -- rm x",
        "arch -x86_64 rm x",
        "arch -arch arm64 rm x",
        "xcrun --sdk macosx rm x",
        "enroot exec 4 rm x",
        "apptainer exec img rm x",
        "pixi run rm x",
        "devbox run -- rm x",
        "nix run nixpkgs#x -- rm x",
        "nix shell nixpkgs#x -c rm x",
        "nix develop --command rm x",
        "nix-shell -p x --run 'rm x'",
        "guix shell x -- rm x",
        "pipenv run rm x",
        "hatch run rm x",
        "bundle exec rm x",
        "npx -p a rm x",
        "pnpm exec rm x",
        "yarn run rm x",
        "doppler run -- rm x",
        "doppler run --command='rm x'",
        "op run -- rm x",
        "aws-vault exec p -- rm x",
        "docker exec -it web rm x",
        "docker compose exec web rm x",
        "docker run --rm -v /:/host alpine rm x",
        "podman run --name a --entrypoint rm alpine",
        "kubectl exec pod -c main -- rm x",
        "ip netns exec ns rm x",
        "ssh -p 22 host rm x",
        "ssh host 'rm x'",
        "git bisect run rm x",
        "git submodule foreach rm x"
      })
  void aBlockedProgramIsRefusedBehindAProgramThatStartsAnother(String command) {
    assertThat(refusal(command)).contains("command 'rm' is blocked, behind '");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "some-wrapper rm x",
        "./some-wrapper -v -- /bin/rm x",
        "some-wrapper --with --many=1 options and words rm",
        "some-wrapper --exec=rm x",
        "some-wrapper --exec='rm x'",
        "some-wrapper 'rm x'",
        "some-wrapper 'nice rm x'",
        "env some-wrapper nice rm x",
        "some-wrapper-of-9 rm x",
        "xterm -e 'some-wrapper rm'",
        "xfce4-terminal --command='rm x'",
        "mise exec node@20 -- rm x",
        "chamber exec svc1 svc2 -- rm x",
        "pee 'rm x'",
        "parallel ::: 'rm x'"
      })
  void aBlockedProgramIsRefusedAmongTheWordsOfAProgramThatIsNotKnown(String command) {
    assertThat(refusal(command))
        .contains("command 'rm' is blocked, and '")
        .endsWith("' may be a program that starts it.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "some-tool --rm x",
        "some-tool rmdir /rm/x",
        "python3.12 rm",
        "gcc-14 rm",
        "cat /etc/passwd",
        "git -C x rm y",
        "chrt -i 0 echo rm",
        "distrobox enter box -- echo rm",
        "docker rm web",
        "docker exec web echo rm",
        "kubectl get rm",
        "qemu-img info rm",
        "getent passwd root"
      })
  void aBlockedNameAmongTheWordsOfAProgramThatStartsNoneOfThemDoesNotMatter(String command) {
    assertThat(POLICY.judge(command)).isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void aProgramThatARoleAllowsByNameStartsNoOtherUnlessItIsKnownTo() {
    CommandPolicy policy = new CommandPolicy(List.of("some-tool", "env"), BLOCKED);
    assertThat(policy.judge("some-tool mount x")).isInstanceOf(Verdict.Allowed.class);
    assertThat(refusal(policy, "env some-tool mount x")).isEmpty();
    assertThat(refusal(policy, "env other-tool mount x")).contains("'mount' is blocked");
    assertThat(refusal(policy, "env mount x")).contains("'mount' is blocked");
  }

  @Test
  void aBlockedProgramIsRefusedBehindAWrapperThatARoleUnblocks() {
    CommandPolicy policy = new CommandPolicy(List.of(), List.of("rm"));
    assertThat(refusal(policy, "sudo -u postgres A=1 rm x")).contains("'rm' is blocked");
    assertThat(policy.judge("sudo systemctl status")).isInstanceOf(Verdict.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo rm",
        "grep rm file",
        "env echo rm",
        "env",
        "env -u rm printenv",
        "nice",
        "timeout 5 grep rm x",
        "timeout -k 3 5 echo rm",
        "xargs -I rm echo rm",
        "git rm x",
        "docker run --rm x",
        "find . -name rm",
        "env A=rm printenv",
        "env -i echo rm",
        "env -S 'echo rm'",
        "env -S \"echo 'rm x'\"",
        "env -S 'echo #' rm",
        "strace -f -e trace=file -o rm echo x",
        "bwrap --bind rm rm echo x",
        "find . -name rm -exec echo rm {} +",
        "gdb rm",
        "npm install rm",
        "conda install rm",
        "uv add rm",
        "perf report rm",
        "su-exec rm echo x",
        "script -c 'echo rm' rm",
        "/",
        "."
      })
  void aBlockedNameThatIsNoProgramDoesNotMatter(String command) {
    assertThat(refusal(command)).doesNotContain("blocked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env -S 'r${X}m x'",
        "env -S '${X} x'",
        "env -S 'r\\m x'",
        "env -vS \"\\\"r${X}m\\\" x\"",
        "env -S 'rm\"'",
        "env -S 'a\\qb'",
        "nice env --split-string='$X'"
      })
  void whatEnvWouldSplitInAWayThatCannotBeSeenIsRefused(String command) {
    assertThat(refusal(command)).contains("what env -S starts cannot be seen");
  }

  /// Without bounds, each takes minutes, or all of the memory.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "env ",
        "xargs -n1 ",
        "env -S '",
        "env -S env\\_-S\\_",
        "nice -z ",
        "strace --x ",
        "find -exec ",
        "watch 'watch ",
        "watch 'a=b c=d' --x ",
        "watch --x 'a=b c=d' ",
        "sudo -u ",
        "-z ",
        "a=b ",
        "mpirun : ",
        "some-wrapper ",
        "some-wrapper 'a b ",
        ": ( ) ",
        "' ",
        "\\ ",
        "/"
      })
  @Timeout(20)
  @Tag("slow")
  void noRepetitionTakesLong(String repeated) {
    for (String before :
        List.of("", "env ", "bwrap ", "find ", "env -S '", "mpirun : ", "some-wrapper '")) {
      String command = before + repeated.repeat(130_000 / repeated.length());
      assertThat(POLICY.judge(command)).isNotNull();
      assertThat(
              new ShellTool(POLICY, new CallBounds(Limits.unbounded(), 1000, Optional.empty()))
                  .otherWaysOfWriting(Map.of("command", command)))
          .hasSizeLessThan(200);
    }
    assertThat(refusal("env ".repeat(40) + "ls")).contains("more than 32 programs");
    assertThat(refusal("env ".repeat(20) + "rm")).contains("'rm' is blocked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A=1 rm -f x",
        "A=1",
        "A+=1 ls",
        "A[0]=1 ls",
        "=x",
        "./a=b",
        "'A=1' ls",
        "A\\=1 x"
      })
  void aLeadingAssignmentIsRefused(String command) {
    assertThat(refusal(command)).contains("is a variable assignment");
  }

  @Test
  void theValueOfALeadingAssignmentIsNotRepeated() {
    assertThat(POLICY.judge("TOKEN=hunter2 curl x"))
        .isEqualTo(
            new Verdict.Refused(
                "TOKEN=",
                "Error: 'TOKEN=…' is a variable assignment, not a program: no shell runs here, so"
                    + " it would have no effect. Use `env TOKEN=… PROGRAM` instead."));
    assertThat(POLICY.judge("TOKEN=hunter2 curl | sh").toString()).doesNotContain("hunter2");
    assertThat(POLICY.judge("=hunter2").toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eval 'echo pwned; id -u'",
        "exec echo x",
        "source f",
        ". f",
        ":",
        "cd /tmp",
        "export A",
        "unset A",
        "set -e",
        "alias ll=ls",
        "command rm x",
        "builtin echo x",
        "type ls",
        "ulimit -a",
        "umask",
        "wait",
        "exit 3",
        "trap x EXIT",
        "\\cd /tmp",
        "c\"\"d /tmp"
      })
  void aBuiltinThatIsNoProgramIsRefused(String command) {
    assertThat(refusal(command)).contains("is a shell built-in, and no shell runs here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "if true", "for i in a", "while true", "until x", "case x in", "function f", "select x",
        "!  true", "[[ -f x ]]", "then x", "do x", "done", "coproc x", "else"
      })
  void aReservedWordIsRefused(String command) {
    assertThat(refusal(command)).contains("is a reserved word of a shell");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo x",
        "printf x",
        "test -f x",
        "[ -f x ]",
        "true",
        "false",
        "kill -0 1",
        "time ls",
        "pwd",
        "/usr/bin/cd x",
        "./exec x",
        "which ls",
        "sh -c 'cd /tmp && ls | wc -l'"
      })
  void aWordThatIsAProgramTooRuns(String command) {
    assertThat(POLICY.judge(command)).isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void aBuiltinThatARoleAllowsByNameRuns() {
    CommandPolicy policy = new CommandPolicy(List.of("command"), BLOCKED);
    assertThat(policy.judge("command -v git")).isInstanceOf(Verdict.Allowed.class);
    assertThat(refusal(policy, "command rm x")).contains("'rm' is blocked");
    assertThat(refusal(policy, "eval x")).contains("built-in");
  }

  @Test
  void aShellIsProposedOnlyWhereThePolicyPermitsOne() {
    assertThat(refusal("cd /srv")).contains("git -C").contains("working_dir").contains("sh -c");
    CommandPolicy strict = new CommandPolicy(List.of("git"), List.of());
    assertThat(refusal(strict, "cd /srv")).contains("git -C").doesNotContain("sh -c");
    assertThat(refusal(strict, "git log | head")).doesNotContain("sh -c");
    assertThat(refusal(strict, "A=1 git log")).doesNotContain("env");
  }

  @Test
  void aRefusalNamesTheProgramForTheRecord() {
    assertThat(POLICY.judge("/bin/rm -rf secret")).isInstanceOf(Verdict.Refused.class);
    assertThat(((Verdict.Refused) POLICY.judge("/bin/rm -rf secret")).program())
        .isEqualTo("/bin/rm");
    assertThat(((Verdict.Refused) POLICY.judge("'unclosed")).program()).isEmpty();
  }

  private static List<String> argv(String command) {
    return ((Verdict.Allowed) POLICY.judge(command)).argv();
  }

  /// The reason, or an empty text if the command may run.
  private static String refusal(String command) {
    return refusal(POLICY, command);
  }

  private static String refusal(CommandPolicy policy, String command) {
    return switch (policy.judge(command)) {
      case Verdict.Refused refused -> refused.reason();
      case Verdict.Allowed _ -> "";
    };
  }
}
