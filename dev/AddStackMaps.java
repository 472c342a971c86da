import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Gives the classes of a jar that were compiled for Java 5 the stack maps of a newer class file.
/// Without them a JVM keeps a class out of its ahead-of-time cache and verifies it anew at each
/// start. The jar is replaced at once or not at all; one that has no such class stays as it is.
///
/// Usage: `java dev/AddStackMaps.java FILE.jar`
final class AddStackMaps {

  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

  private AddStackMaps() {}

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Path made = Path.of(args[0] + ".new");
    try {
      if (rewrite(jar, made)) {
        Files.move(made, jar, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private static boolean rewrite(Path jar, Path made) throws IOException {
    boolean changed = false;
    try (JarFile in = new JarFile(jar.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
      ClassFile classFile = classFile(in);
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] bytes = bytes(in, entry);
        if (entry.getName().endsWith(".class")) {
          ClassModel model = classFile.parse(bytes);
          if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
            bytes = withStackMaps(classFile, model);
            changed = true;
          }
        }
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(bytes);
        out.closeEntry();
      }
    }
    return changed;
  }

  private static byte[] withStackMaps(ClassFile classFile, ClassModel model) {
    ClassTransform bodies = ClassTransform.transformingMethodBodies((body, each) -> body.with(each));
    return classFile.transformClass(
        model,
        bodies.andThen(
            (builder, element) -> {
              if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
              } else {
                builder.with(element);
              }
            }));
  }

  /// Types meet in a stack map, so the classes of the jar itself must be known.
  private static ClassFile classFile(JarFile jar) {
    ClassHierarchyResolver ours =
        ClassHierarchyResolver.ofResourceParsing(
            type -> {
              String name = type.packageName().replace('.', '/') + "/" + type.displayName();
              JarEntry entry = jar.getJarEntry(name + ".class");
              try {
                return entry == null ? null : jar.getInputStream(entry);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return ClassFile.of(
        ClassFile.ClassHierarchyResolverOption.of(
            ours.orElse(ClassHierarchyResolver.defaultResolver())),
        ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
  }

  private static byte[] bytes(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
