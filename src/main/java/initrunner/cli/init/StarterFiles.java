package initrunner.cli.init;

import initrunner.role.RoleSchema;
import initrunner.text.JsonText;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The files of a first role in a directory. They replace none that is there.
record StarterFiles(Path directory) {

  private static final String ROLE = "role.yaml";
  private static final String EXAMPLE = ".env.example";

  /// What a role is called whose directory's name is no name of an agent.
  private static final String USUAL_NAME = "my-agent";

  private static final int MOST_NAME = 40;

  Path role() {
    return directory.resolve(ROLE);
  }

  /// The files that are in the way: those that would be written, and another role, which would make
  /// it unclear which of the two the directory stands for.
  List<Path> inTheWay() {
    return Stream.of(ROLE, "agent.yaml", RoleText.SCHEMA, EXAMPLE)
        .map(directory::resolve)
        .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /// Writes them, and the directory where it is missing; returns them in the order of their worth.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if another program has made one meanwhile
  List<Path> write(Answers answers) throws IOException {
    Files.createDirectories(directory);
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    texts.put(ROLE, RoleText.of(name(), answers));
    texts.put(RoleText.SCHEMA, JsonText.of(RoleSchema.tree()) + "\n");
    texts.put(EXAMPLE, RoleText.environment(answers));
    for (Map.Entry<String, String> each : texts.entrySet()) {
      Path file = Files.createFile(directory.resolve(each.getKey()));
      try (FileOutputStream out = new FileOutputStream(file.toFile())) {
        out.write(each.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return texts.keySet().stream().map(directory::resolve).toList();
  }

  /// The directory's, in the characters that an agent's name may have.
  private String name() {
    Path last = directory.toAbsolutePath().normalize().getFileName();
    String name =
        (last == null ? "" : last.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    String cut = name.substring(0, Math.min(MOST_NAME, name.length())).replaceAll("^-+|-+$", "");
    return cut.length() < 2 ? USUAL_NAME : cut;
  }
}
