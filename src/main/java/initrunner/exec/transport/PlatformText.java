package initrunner.exec.transport;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How this JVM encodes the text that it passes to the programs it starts: in the charset of the
/// locale that the JVM was started in, which may differ from the program's.
public final class PlatformText {

  private static final Charset CHARSET = startedIn();

  private PlatformText() {}

  /// Whether a program that expects UTF-8 gets exactly this text.
  public static boolean isExact(String text) {
    return CHARSET.equals(StandardCharsets.UTF_8)
        || Arrays.equals(text.getBytes(CHARSET), text.getBytes(StandardCharsets.UTF_8));
  }

  static Charset charset() {
    return CHARSET;
  }

  private static Charset startedIn() {
    String name = System.getProperty("sun.jnu.encoding", "");
    return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
  }
}
