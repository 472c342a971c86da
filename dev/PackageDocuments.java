import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Writes what a package says of its parts: `copyright`, with each part and its licence, and
/// `sbom.cdx.json`, the bill of materials with what Maven does not know of: the Java runtime, and what
/// is bundled into the page of `report`. Fails if a jar has no entry or no licence there, or a bundled
/// package has no licence or no text of it.
///
/// Usage: `java -cp JACKSON dev/PackageDocuments.java BOM RELEASE LIBRARIES LOCK DIRECTORY`, with
/// Maven's bill of materials, the JDK's `release`, the directory of the jars, the page's
/// `package-lock.json`, and where to write; the texts of licences are in `licences` there
final class PackageDocuments {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// What the plugin makes of "The BSD License" is another one than the text of these libraries.
  private static final Map<String, String> KNOWN = Map.of("jline-", "BSD-3-Clause");

  private record Part(String name, String version, String licences) {
    String line() {
      return "%-28s %-13s %s".formatted(name, version, licences);
    }
  }

  private PackageDocuments() {}

  public static void main(String[] args) throws IOException {
    ObjectNode bom = (ObjectNode) JSON.readTree(Path.of(args[0]).toFile());
    Properties release = new Properties();
    try (var reader = Files.newBufferedReader(Path.of(args[1]))) {
      release.load(reader);
    }
    ArrayNode components = bom.withArray("components");
    keepOnlyJars(components, jars(Path.of(args[2])));
    ObjectNode runtime = components.addObject();
    runtime.put("type", "platform").put("bom-ref", "java-runtime");
    runtime.put("publisher", plain(release, "IMPLEMENTOR"));
    runtime.put("name", "java-runtime").put("version", plain(release, "JAVA_RUNTIME_VERSION"));
    runtime.put("description", "The modules of OpenJDK that the program uses, linked with jlink");
    runtime.putArray("licenses").addObject().put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
    Path directory = Path.of(args[4]);
    addBundled(
        components, JSON.readTree(Path.of(args[3]).toFile()), directory.resolve("licences"));
    Files.writeString(
        directory.resolve("sbom.cdx.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bom) + "\n");
    Files.writeString(directory.resolve("copyright"), copyright(components));
  }

  private static List<String> jars(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar"))
          .map(name -> name.substring(0, name.length() - ".jar".length()))
          .sorted()
          .toList();
    }
  }

  private static void keepOnlyJars(ArrayNode components, List<String> jars) {
    List<String> missing = new ArrayList<>(jars);
    for (int i = components.size() - 1; i >= 0; i--) {
      correct((ObjectNode) components.get(i));
      Part part = part(components.get(i));
      if (!jars.contains(part.name() + "-" + part.version())) {
        components.remove(i);
      } else if (!part.licences().isEmpty()) {
        missing.remove(part.name() + "-" + part.version());
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("no licence is known of " + missing);
    }
  }

  /// What is in the page of `report`: the packages that its lock file has for more than development.
  private static void addBundled(ArrayNode components, JsonNode lock, Path texts)
      throws IOException {
    for (Map.Entry<String, JsonNode> entry : lock.path("packages").properties()) {
      JsonNode npm = entry.getValue();
      if (entry.getKey().isEmpty() || npm.path("dev").asBoolean()) {
        continue;
      }
      String name = entry.getKey().substring("node_modules/".length());
      if (!npm.path("license").isTextual() || !hasText(texts, name)) {
        throw new IllegalStateException(
            "no licence is known of " + name + ", or dev/licences has no text of it");
      }
      String version = npm.path("version").asText();
      String purl = "pkg:npm/" + name.replace("@", "%40") + "@" + version;
      ObjectNode component = components.addObject();
      component.put("type", "library").put("bom-ref", purl).put("name", name);
      component.put("version", version);
      component.put("description", "Bundled into the page of initrunner report");
      component
          .putArray("hashes")
          .addObject()
          .put("alg", "SHA-512")
          .put("content", sha512(npm.path("integrity").asText()));
      component.putArray("licenses").addObject().putObject("license").put("id", npm.path("license").asText());
      component.put("purl", purl);
    }
  }

  private static boolean hasText(Path texts, String name) throws IOException {
    try (Stream<Path> files = Files.list(texts)) {
      return files.anyMatch(
          file -> file.getFileName().toString().equalsIgnoreCase(name + "-LICENSE"));
    }
  }

  /// As npm writes it, in hexadecimal digits.
  private static String sha512(String integrity) {
    String base64 = integrity.substring("sha512-".length());
    return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
  }

  private static void correct(ObjectNode component) {
    KNOWN.forEach((prefix, licence) -> {
      if (component.path("name").asText().startsWith(prefix)) {
        component.putArray("licenses").addObject().putObject("license").put("id", licence);
      }
    });
  }

  private static Part part(JsonNode component) {
    String licences =
        StreamSupport.stream(component.path("licenses").spliterator(), false)
            .map(PackageDocuments::licence)
            .collect(Collectors.joining(", "));
    return new Part(
        component.path("name").asText(), component.path("version").asText(), licences);
  }

  private static String licence(JsonNode choice) {
    return Stream.of("/license/id", "/license/name", "/expression")
        .map(choice::at)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst()
        .orElse("");
  }

  private static String copyright(ArrayNode components) {
    String parts =
        StreamSupport.stream(components.spliterator(), false)
            .map(PackageDocuments::part)
            .sorted(Comparator.comparing(Part::name))
            .map(Part::line)
            .collect(Collectors.joining("\n"));
    return """
        InitRunner is licensed under the Apache License, Version 2.0: licences/InitRunner, on Debian
        also /usr/share/common-licenses/Apache-2.0.

        In this package are also, unchanged but for the form of some class files and for parts that
        other platforms need; uplot is in the page that `initrunner report` writes:

        %s

        The texts of their licences and their notices are in licences/; where a library under the
        Apache License has no text of its own there, the one of InitRunner is the same. Those of the
        Java runtime are in runtime/legal, below the directory of the program. SQLite, which
        sqlite-jdbc contains, is in the public domain.
        """
        .formatted(parts);
  }

  private static String plain(Properties release, String name) {
    return Optional.ofNullable(release.getProperty(name)).orElse("unknown").replace("\"", "");
  }
}
