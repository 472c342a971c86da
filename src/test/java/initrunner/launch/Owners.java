package initrunner.launch;

/// What containers carry of the processes that started them, for tests in other packages.
public final class Owners {

  private Owners() {}

  public static String text(long pid) {
    return Owner.of(Long.toString(pid)).orElseThrow().text();
  }

  /// That of a process which runs no more.
  public static String gone() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    String text = text(process.pid());
    process.destroyForcibly().waitFor();
    return text;
  }
}
