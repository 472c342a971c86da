package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.AskedLogins;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Logins with a second factor.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AskedCodesTest {

  private static final String INSTRUCTION = "Two things are needed.";
  private static final List<String> PROMPTS = List.of("Password: ", "Verification code: ");

  @TempDir private Path directory;

  @Test
  void eachPromptOfALoginIsAsked() throws Exception {
    ScriptedPerson person = new ScriptedPerson("one", "two");
    try (AskingServer server =
            new AskingServer(directory, INSTRUCTION, PROMPTS, List.of("one", "two"));
        OpenSshTransport transport =
            new OpenSshTransport(server.target(), Optional.of(new AskedLogins(person)))) {
      transport.open();

      assertThat(person.texts())
          .containsExactly("(person@127.0.0.1) Password:", "(person@127.0.0.1) Verification code:");
      assertThat(person.asked().getFirst().said()).contains(INSTRUCTION);
      assertThat(person.asked().getLast().said()).doesNotContain(INSTRUCTION);
      assertThat(server.answers()).containsExactly(List.of("one", "two"));
    }
  }

  @Test
  void anAnswerToOnePromptAloneIsNotSent() throws Exception {
    ScriptedPerson person = new ScriptedPerson("one").thenDeclining();
    try (AskingServer server =
            new AskingServer(directory, INSTRUCTION, PROMPTS, List.of("one", "two"));
        OpenSshTransport transport =
            new OpenSshTransport(server.target(), Optional.of(new AskedLogins(person)))) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .matches(e -> e.kind() == Kind.AUTHENTICATION);
      assertThat(server.answers()).isEmpty();
    }
  }

  @Test
  void wrongCodesAreTriedOnce() throws Exception {
    ScriptedPerson person = new ScriptedPerson("one", "2", "one", "two");
    try (AskingServer server =
            new AskingServer(directory, INSTRUCTION, PROMPTS, List.of("one", "two"));
        OpenSshTransport transport =
            new OpenSshTransport(server.target(), Optional.of(new AskedLogins(person)))) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .matches(e -> e.kind() == Kind.AUTHENTICATION);
      assertThat(server.answers()).containsExactly(List.of("one", "2"));
    }
  }
}
