package initrunner.tool.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stop;
import initrunner.exec.TransportException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CondensedAnswerTest {

  private static HostOutput output(String stdout, String stderr) {
    HostOutput.Taken taken = new HostOutput.Taken(1000);
    taken.stdout(ByteBuffer.wrap(stdout.getBytes(StandardCharsets.UTF_8)));
    taken.stderr(ByteBuffer.wrap(stderr.getBytes(StandardCharsets.UTF_8)));
    return taken.output(OutputEnd.COMPLETE);
  }

  private static HostAnswer answer(String host, HostEnd end, String stdout, String stderr) {
    return new HostAnswer(host, end, output(stdout, stderr), Duration.ofMillis(1));
  }

  private static HostAnswer exited(String host, int status, String stdout) {
    return answer(host, new HostEnd.Ran(new Ended.Exited(status)), stdout, "");
  }

  private static HostEnd refused(String host) {
    return new HostEnd.Refused(
        Optional.of(Kind.REFUSED), "ssh to " + host + " refused", "Try: ssh " + host);
  }

  private static String text(CondensedAnswer answer) {
    return String.join(
        "\n",
        Stream.concat(
                CondensedText.answers(answer).stream(), CondensedText.failures(answer).stream())
            .map(CondensedText.Line::text)
            .toList());
  }

  /// Statuses 0 to 2 and outputs 0 to 2.
  private static List<HostAnswer> answers(List<Integer> codes) {
    return IntStream.range(0, codes.size())
        .mapToObj(at -> exited("n" + at, codes.get(at) / 3, "answer " + codes.get(at) % 3 + "\n"))
        .toList();
  }

  @Property(tries = 200)
  void eachHostStandsInOneGroupWithThoseThatAnsweredTheSame(
      @ForAll @Size(max = 30) List<@IntRange(max = 8) Integer> codes) {
    List<HostAnswer> all = answers(codes);
    CondensedAnswer condensed = CondensedAnswer.of(all);
    List<CondensedAnswer.Equal> groups =
        Stream.concat(
                condensed.answers().stream(),
                condensed.failures().stream().flatMap(each -> each.outputs().stream()))
            .toList();
    assertThat(groups.stream().flatMap(each -> each.hosts().stream()))
        .containsExactlyInAnyOrderElementsOf(all.stream().map(HostAnswer::host).toList());
    assertThat(groups).hasSize((int) codes.stream().distinct().count());
    groups.forEach(group ->
        assertThat(all.stream().filter(each -> group.hosts().contains(each.host())))
            .allMatch(each -> each.output().isSameAs(group.output())));
    assertThat(condensed.answers())
        .isSortedAccordingTo((a, b) -> b.hosts().size() - a.hosts().size());
    assertThat(condensed.succeeded())
        .isEqualTo((int) codes.stream().filter(code -> code < 3).count());
  }

  @Property(tries = 100)
  void theOrderOfTheAnswersChangesNoGroup(
      @ForAll @Size(max = 20) List<@IntRange(max = 8) Integer> codes, @ForAll long seed) {
    List<HostAnswer> shuffled = new ArrayList<>(answers(codes));
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(hostSets(CondensedAnswer.of(shuffled)))
        .isEqualTo(hostSets(CondensedAnswer.of(answers(codes))));
  }

  private static Object hostSets(CondensedAnswer answer) {
    return List.of(
        answer.answers().stream()
            .map(each -> each.hosts().stream().sorted().toList())
            .sorted(java.util.Comparator.comparing(Object::toString))
            .toList(),
        answer.failures().stream()
            .map(each -> each.what() + each.hosts().stream().sorted().toList())
            .sorted()
            .toList());
  }

  @Test
  void theCommonestAnswerIsWholeAndOthersAreTheirDifference() {
    CondensedAnswer condensed =
        CondensedAnswer.of(
            List.of(
                exited("web1", 0, "a\n" + "b\n".repeat(9)),
                exited("web2", 0, "c\n" + "b\n".repeat(9)),
                exited("web3", 0, "a\n" + "b\n".repeat(9))));
    assertThat(text(condensed))
        .isEqualTo(
            """
            == 2 of 3 hosts: web[1,3]
            a
            b
            b
            b
            b
            b
            b
            b
            b
            b
            == 1 host differs: web2
            --- web[1,3]
            +++ web2
            @@ -1,4 +1,4 @@
            -a
            +c
             b
             b
             b\
            """);
    assertThat(CondensedText.counts(condensed)).isEqualTo("3 hosts: 3 succeeded");
  }

  @Test
  void anAnswerThatIsShorterThanItsDifferenceIsWhole() {
    CondensedAnswer condensed =
        CondensedAnswer.of(
            List.of(exited("web1", 0, "a\nb\n"), exited("web2", 0, "a\n"), exited("x", 0, "")));
    assertThat(text(condensed))
        .isEqualTo(
            """
            == 1 of 3 hosts: web1
            a
            b
            == 1 host differs: web2
            a
            == 1 host differs: x
            (no output)\
            """);
  }

  @Test
  void failuresStandTogetherByTheirReasonWithOneNextStep() {
    CondensedAnswer condensed =
        CondensedAnswer.of(
            List.of(
                answer("db1", refused("db1"), "", ""),
                answer("db2", refused("db2"), "", ""),
                answer("x", new HostEnd.Ran(new Ended.TimedOut(Stop.UNKNOWN)), "half", ""),
                answer("y", new HostEnd.NotTried("after the first failure"), "", ""),
                answer("z", new HostEnd.Ran(new Ended.Exited(3)), "", "no such file\n")));
    assertThat(text(condensed))
        .isEqualTo(
            """
            == 2 hosts, connection refused: db[1-2]
               ssh to db1 refused
               Try: ssh db1
            == 1 host, timed out; whether the command still runs there is not known: x
            half
               Give it more time, or see what it waits for.
            == 1 host, not started, after the first failure: y
            == 1 host, exited with 3: z
            stderr: no such file\
            """);
    assertThat(CondensedText.counts(condensed)).startsWith("5 hosts: 0 succeeded, 2 connection");
  }

  @Test
  void noHostPrintsTheHeadingOfAnother() {
    CondensedAnswer condensed =
        CondensedAnswer.of(
            List.of(
                exited("a", 0, "x\n== 1 host, exited with 3: b\n--\n"),
                exited("b", 0, "x\n== 1 host differs: a\n"),
                answer("c", new HostEnd.Ran(new Ended.Exited(3)), "== 1 host: a\n", ""),
                answer("d", new HostEnd.Ran(new Ended.Exited(3)), "", "x\n-- c\nlost\n")));
    assertThat(text(condensed).lines().filter(line -> line.matches("(==|--) .*")))
        .containsExactly(
            "== 1 of 4 hosts: a",
            "== 1 host differs: b",
            "== 2 hosts, exited with 3: c,d",
            "-- c",
            "-- d");
  }

  @Test
  void outputsThatDifferInWhatWasNotKeptAreNotEqual() {
    String long1 = "a".repeat(3000) + "b" + "a".repeat(3000);
    String long2 = "a".repeat(3000) + "c" + "a".repeat(3000);
    CondensedAnswer condensed =
        CondensedAnswer.of(List.of(exited("one", 0, long1), exited("two", 0, long2)));
    assertThat(condensed.answers()).hasSize(2);
    assertThat(text(condensed)).endsWith("too long to keep)");
  }
}
