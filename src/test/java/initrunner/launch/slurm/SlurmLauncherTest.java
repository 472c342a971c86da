package initrunner.launch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Command;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Opening;
import initrunner.launch.Owner;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.Trailer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlurmLauncherTest {

  private static final String EXPORTED =
      "--export=PATH,HOME,USER,LOGNAME,SHELL,LANG,LC_ALL,LC_CTYPE,TZ,LD_LIBRARY_PATH";

  private static ResourceLimits limits(Policy policy) {
    return new ResourceLimits((256L << 20) + 1, 1.5, 256, policy);
  }

  @Test
  void theWholeCommandLineOfAJobThatAsksForNothingElse() {
    SlurmLauncher launcher =
        new SlurmLauncher(SlurmRequest.of(limits(Policy.BEST_EFFORT)), Optional.empty());
    assertThat(launcher.launch(Command.of("make", "-j 4"), "0a1b").command().argv())
        .containsExactly(
            "sh",
            "-c",
            SlurmLauncher.START.text(),
            "initrunner",
            "-",
            "srun",
            "--job-name=initrunner-0a1b",
            "--ntasks=1",
            "--cpus-per-task=2",
            "--mem=257M",
            "--input=0",
            "--error=/dev/fd/9",
            EXPORTED,
            "/bin/bash",
            "-c",
            SlurmLauncher.JOB.text(),
            "initrunner",
            "-",
            "",
            "0",
            "unlimited",
            "unlimited",
            "may",
            "make",
            "-j 4");
  }

  @Test
  void theWholeCommandLineOfAJobThatAsksForEverything() {
    SlurmRequest request =
        new SlurmRequest(
            Optional.of("gpu"),
            Optional.of("physics"),
            Optional.of("high"),
            Optional.of("1-12"),
            Optional.of("a100:2"),
            Optional.of(3),
            List.of("--exclusive", "--constraint=avx512"),
            Optional.of(40),
            new ResourceLimits((256L << 20) + 1, 1.5, 256, Optional.of(5000L), Policy.ENFORCE));
    Command command =
        Command.of("env")
            .withEnvironment(Map.of("PLAIN", "a,b"))
            .withSecrets(SecretEnvironment.of(Map.of("HIDDEN", "hunter2")));
    Launch launch = new SlurmLauncher(request, Optional.empty()).launch(command, "0a1b");
    assertThat(launch.command().argv())
        .containsExactly(
            "sh",
            "-c",
            SlurmLauncher.START.text(),
            "initrunner",
            "-",
            "srun",
            "--job-name=initrunner-0a1b",
            "--exclusive",
            "--constraint=avx512",
            "--partition=gpu",
            "--account=physics",
            "--qos=high",
            "--time=1-12",
            "--gpus=a100:2",
            "--nodes=3",
            "--ntasks=3",
            "--ntasks-per-node=1",
            "--wait=0",
            "--cpus-per-task=2",
            "--mem=257M",
            "--input=0",
            "--error=/dev/fd/9",
            EXPORTED + ",PLAIN,HIDDEN",
            "/bin/bash",
            "-c",
            SlurmLauncher.JOB.text(),
            "initrunner",
            "-",
            "",
            Long.toString(257L << 20),
            "4",
            "40",
            "must",
            "env");
    assertThat(launch.command().withArgv(command.argv()).withStdin(command.stdin()))
        .isEqualTo(command);
  }

  @Test
  void whatSrunWouldObeyIsSetInTheJobAlone() {
    Command command = Command.of("a=b", "-j 4").withEnvironment(Map.of("SLURM_NNODES", "9"));
    Command launched =
        new SlurmLauncher(SlurmRequest.of(limits(Policy.ENFORCE)), Optional.empty())
            .launch(command, "0a1b")
            .command();
    assertThat(launched.argv())
        .contains(EXPORTED)
        .endsWith("env", "SLURM_NNODES=9", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "a=b", "-j 4");
    assertThat(launched.environment()).isEmpty();
  }

  @Test
  void theStopNamesTheJobAndTheTrailerTheCall() {
    Launch launch =
        new SlurmLauncher(SlurmRequest.of(limits(Policy.ENFORCE)), Optional.empty())
            .launch(Command.of("true"), "0a1b");
    assertThat(launch.cleanup().orElseThrow().argv())
        .containsExactly("sh", "-c", SlurmLauncher.STOP.text(), "initrunner", "initrunner-0a1b");
    assertThat(launch.trailer()).contains(Trailer.of("0a1b"));
  }

  @Test
  void aCommandWithATerminalGetsOneOnTheNodeAndTheFormatsAsArguments() {
    Stdin.Terminal terminal =
        new Stdin.Terminal("vt100", InputStream.nullInputStream(), new Stdin.Terminal.Size(80, 24));
    Launch launch =
        new SlurmLauncher(SlurmRequest.of(limits(Policy.ENFORCE)), Optional.empty())
            .launch(Command.of("top").withStdin(terminal), "0a1b");
    String format = Trailer.of("0a1b", terminal).format();
    assertThat(launch.opening()).contains(Opening.of(terminal));
    assertThat(launch.command().stdin()).isSameAs(terminal);
    assertThat(launch.command().argv())
        .containsSubsequence(
            format, "srun", "--pty", EXPORTED + ",TERM", format, Opening.of(terminal).format())
        .doesNotContain("--input=0");
  }

  /// What stands in an argument or a variable of a job, the job can read.
  @Test
  void theMarkStandsInTheInputAloneAndBeforeTheCommandsOwn() throws Exception {
    List<Stdin> inputs =
        List.of(
            Stdin.nothing(),
            Stdin.text("own"),
            new Stdin.Stream(new ByteArrayInputStream("own".getBytes(StandardCharsets.UTF_8))));
    for (Stdin input : inputs) {
      Launch launch =
          new SlurmLauncher(SlurmRequest.of(limits(Policy.ENFORCE)), Optional.empty())
              .launch(Command.of("cat").withStdin(input), "0a1b");
      String mark = launch.trailer().orElseThrow().mark();
      String format = launch.trailer().orElseThrow().format();
      String own = input instanceof Stdin.Nothing ? "" : "own";
      assertThat(launch.command().argv()).noneMatch(word -> word.contains(mark));
      assertThat(launch.command().stdin().open()).hasContent(format + "\n" + format + "\n" + own);
    }
  }

  @Test
  void aJobIsNamedAfterTheCallAndTheProcessThatHadItStarted() {
    Launch launch =
        new SlurmLauncher(
                SlurmRequest.of(limits(Policy.ENFORCE)), Optional.of(new Owner("b.1.0.42.9")))
            .launch(Command.of("true"), "0a1b");
    String name = "initrunner-0a1b.b.1.0.42.9";
    assertThat(launch.command().argv()).contains("--job-name=" + name);
    assertThat(launch.cleanup().orElseThrow().argv()).endsWith(name);
    assertThat(SlurmLauncher.ifGone(name)).isEmpty();
    assertThat(SlurmLauncher.ifGone("initrunner-0a1b")).isEmpty();
  }

  /// What a process that was killed left on the cluster is ended by the next one.
  @Test
  void aJobWhoseOwnerIsGoneIsEndedAndNoOther() {
    String living = Owner.current().orElseThrow().text();
    String gone = living + "0";
    String job = "initrunner-0a1b." + gone;
    assertThat(SlurmLauncher.ifGone(job)).contains(job);
    assertThat(SlurmLauncher.ifGone("initrunner-0a1b." + living)).isEmpty();
    assertThat(SlurmLauncher.ifGone("another-0a1b." + gone)).isEmpty();
  }

  @Test
  void aVariableWhoseNameIsAWordOfSrunIsRefused() {
    SlurmLauncher launcher =
        new SlurmLauncher(SlurmRequest.of(limits(Policy.ENFORCE)), Optional.empty());
    Command command = Command.of("env").withEnvironment(Map.of("ALL", "x"));
    assertThatThrownBy(() -> launcher.launch(command, "0a1b"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("variable ALL");
  }
}
