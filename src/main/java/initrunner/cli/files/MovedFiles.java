package initrunner.cli.files;

import initrunner.transfer.Progress;

/// Counts what a transfer has moved, for a line about it. Safe for many threads.
public final class MovedFiles implements Progress {

  private final String what;
  private long bytes;
  private long doneBytes;
  private int files;
  private int doneFiles;
  private String waits = "";

  /// @param what is moved, for a person
  public MovedFiles(String what) {
    this.what = what;
  }

  @Override
  public synchronized void begin(int newFiles, long newBytes) {
    files = newFiles;
    bytes = newBytes;
    doneFiles = 0;
    doneBytes = 0;
    waits = "";
  }

  @Override
  public synchronized void moved(long more) {
    doneBytes += more;
  }

  @Override
  public synchronized void finished(int more) {
    doneFiles += more;
  }

  @Override
  public synchronized void waits(String reason) {
    waits = "; trying again: " + reason;
  }

  /// What is moved, and how far it is.
  public synchronized String text() {
    String far =
        files == 0
            ? ""
            : ": "
                + Math.min(doneFiles, files)
                + " of "
                + AmountText.count(files, "file")
                + ", "
                + AmountText.bytesOf(Math.min(doneBytes, bytes), bytes);
    return what + far + waits;
  }
}
