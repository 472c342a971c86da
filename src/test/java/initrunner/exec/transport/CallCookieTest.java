package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.SecretEnvironment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallCookieTest {

  private final CallCookie cookie = CallCookie.random();

  @Test
  void isTheFirstVariableOfTheCommand() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("A", "1");
    environment.put("B", "2");
    assertThat(cookie.mark(Command.of("true").withEnvironment(environment)).environment().keySet())
        .containsExactly(CallCookie.VARIABLE, "A", "B");
  }

  @Test
  void noVariableOfTheCommandsOwnReplacesIt() {
    Map<String, String> own = Map.of(CallCookie.VARIABLE, "own");
    assertThat(cookie.mark(Command.of("true").withEnvironment(own)).environment())
        .containsExactly(Map.entry(CallCookie.VARIABLE, cookie.value()));
  }

  @Test
  void noSecretReplacesIt() {
    Map<String, String> secrets = Map.of(CallCookie.VARIABLE, "own", "KEY", "secret");
    Command marked = cookie.mark(Command.of("true").withSecrets(SecretEnvironment.of(secrets)));
    assertThat(marked.secrets().names()).containsExactly("KEY");
    assertThat(marked.environment()).containsEntry(CallCookie.VARIABLE, cookie.value());
  }

  @Test
  void aCallWithinACallCarriesTheCookiesOfBoth() {
    Map<String, String> outer = Map.of(CallCookie.VARIABLE, "0123456789abcdef01234567");
    assertThat(cookie.markWithin(outer, Command.of("true")).environment())
        .containsEntry(CallCookie.VARIABLE, "0123456789abcdef01234567." + cookie.value());
    assertThat(cookie.markWithin(Map.of(), Command.of("true")).environment())
        .containsEntry(CallCookie.VARIABLE, cookie.value());
    Map<String, String> odd = Map.of(CallCookie.VARIABLE, "another program's");
    assertThat(cookie.markWithin(odd, Command.of("true")).environment())
        .containsEntry(CallCookie.VARIABLE, cookie.value());
  }
}
