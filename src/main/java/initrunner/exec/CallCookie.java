package initrunner.exec;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;

/// A random value that one call's processes carry in their environment, so that they can be found
/// again wherever they went: in another process group, another session, under another parent.
///
/// @param value 24 hexadecimal digits
public record CallCookie(String value) {

  /// The variable that holds it.
  public static final String VARIABLE = "INITRUNNER_CALL";

  private static final SecureRandom RANDOM = new SecureRandom();

  public static CallCookie random() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return new CallCookie(HexFormat.of().formatHex(bytes));
  }

  /// The command with this cookie in front of its environment, whatever it had under that name.
  public Command mark(Command command) {
    LinkedHashMap<String, String> environment = new LinkedHashMap<>(command.environment());
    environment.putFirst(VARIABLE, value);
    return command.withEnvironment(environment).withSecrets(command.secrets().without(VARIABLE));
  }
}
