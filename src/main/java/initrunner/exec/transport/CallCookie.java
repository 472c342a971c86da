package initrunner.exec.transport;

import initrunner.exec.Command;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// A random value that one call's processes carry in their environment, so that the hunt finds them
/// in another process group, in another session, and under another parent.
///
/// @param value 24 hexadecimal digits
public record CallCookie(String value) {

  /// The variable that holds it.
  public static final String VARIABLE = "INITRUNNER_CALL";

  /// A call made within a call carries both cookies; 20 is deeper than calls nest.
  private static final Pattern COOKIES = Pattern.compile("[0-9a-f]{24}(\\.[0-9a-f]{24}){0,19}");

  private static final SecureRandom RANDOM = new SecureRandom();

  public static CallCookie random() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return new CallCookie(HexFormat.of().formatHex(bytes));
  }

  /// Marks a process of InitRunner's own, which belongs to no call: it may outlive its parent, and
  /// the hunt must not take it for a leftover of a call. A cookie that this process carries itself
  /// stays.
  public static void markOwn(Map<String, String> environment) {
    environment.putIfAbsent(VARIABLE, random().value());
  }

  /// Puts this cookie before the command's other variables, and replaces one of that name.
  public Command mark(Command command) {
    return mark(command, value);
  }

  /// As [#mark], for a command of this machine. Where this process is itself part of a call, so is
  /// the command: it carries the cookies of both.
  ///
  /// @param own the environment of this process
  Command markWithin(Map<String, String> own, Command command) {
    String outer = own.getOrDefault(VARIABLE, "");
    boolean carries = COOKIES.matcher(outer).matches();
    return mark(command, carries ? outer + "." + value : value);
  }

  private static Command mark(Command command, String value) {
    LinkedHashMap<String, String> environment = new LinkedHashMap<>(command.environment());
    environment.putFirst(VARIABLE, value);
    return command.withEnvironment(environment).withSecrets(command.secrets().without(VARIABLE));
  }
}
