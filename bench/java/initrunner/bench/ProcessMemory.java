package initrunner.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The memory of a process in KiB, as Linux counts it; zeros for one that is gone.
///
/// @param shared what it holds, each page divided by the number of processes that hold it
public record ProcessMemory(long resident, long shared) {

  public static ProcessMemory of(long pid) {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"));
      return new ProcessMemory(field(lines, "Rss:"), field(lines, "Pss:"));
    } catch (IOException gone) {
      return new ProcessMemory(0, 0);
    }
  }

  private static long field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
