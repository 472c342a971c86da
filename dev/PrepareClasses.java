import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.BootstrapMethodEntry;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// Rewrites the classes of jars, so that a JVM has less to do at each start. What they do stays.
///
/// - Classes that were compiled for Java 5 get the stack maps of a newer class file. Without them a
///   JVM keeps a class out of its ahead-of-time cache and verifies it anew at each start.
/// - A switch over types and the `equals`, `hashCode` and `toString` of a record get methods in
///   place of calls that a JVM links at run time: no cache holds these, and the first of them loads
///   what generates classes.
///
/// A jar is replaced at once or not at all. The same jar becomes the same bytes at any time.
///
/// Usage: `java -cp CLASS_PATH [-Dwithout=PREFIX] dev/PrepareClasses.java FILE.jar...`, with all
/// classes that the jars use in the class path; entries below PREFIX are left out
final class PrepareClasses {

  private static final String WITHOUT = System.getProperty("without", "/");

  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

  /// Types meet in a stack map, so it must know the classes.
  private static final ClassFile CLASS_FILE =
      ClassFile.of(
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader())),
          ClassFile.ConstantPoolSharingOption.NEW_POOL);

  private PrepareClasses() {}

  public static void main(String[] args) throws IOException {
    for (String arg : args) {
      Path made = Path.of(arg + ".new");
      try {
        rewrite(Path.of(arg), made);
        Files.move(made, Path.of(arg), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(made);
      }
    }
  }

  private static void rewrite(Path jar, Path made) throws IOException {
    try (JarFile in = new JarFile(jar.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
      for (JarEntry entry : Collections.list(in.entries())) {
        if (entry.getName().startsWith(WITHOUT)) {
          continue;
        }
        byte[] bytes = bytes(in, entry);
        if (entry.getName().endsWith(".class")) {
          bytes = prepared(bytes);
        }
        JarEntry same = new JarEntry(entry.getName());
        same.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(same);
        out.write(bytes);
        out.closeEntry();
      }
    }
  }

  private static byte[] prepared(byte[] bytes) {
    ClassModel model = CLASS_FILE.parse(bytes);
    if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
      return withStackMaps(model);
    }
    boolean isLinkedAtRunTime =
        model
            .findAttribute(Attributes.bootstrapMethods())
            .filter(all -> all.bootstrapMethods().stream().anyMatch(PrepareClasses::isReplaced))
            .isPresent();
    return isLinkedAtRunTime ? new LinkedAhead(model).rewritten() : bytes;
  }

  private static boolean isReplaced(BootstrapMethodEntry entry) {
    String owner = entry.bootstrapMethod().reference().owner().asInternalName();
    return owner.equals("java/lang/runtime/SwitchBootstraps")
        || owner.equals("java/lang/runtime/ObjectMethods");
  }

  private static byte[] withStackMaps(ClassModel model) {
    ClassTransform bodies =
        ClassTransform.transformingMethodBodies((body, each) -> body.with(each));
    return CLASS_FILE.transformClass(
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

  private static byte[] bytes(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /// One class, with methods in place of calls that are linked at run time.
  private static final class LinkedAhead {

    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");

    private final ClassModel model;
    private final ClassDesc owner;
    private final List<DynamicCallSiteDesc> replaced = new ArrayList<>();

    LinkedAhead(ClassModel model) {
      this.model = model;
      this.owner = model.thisClass().asSymbol();
    }

    byte[] rewritten() {
      ClassTransform calls =
          ClassTransform.transformingMethodBodies(LinkedAhead::hasReplaced, this::call);
      return CLASS_FILE.transformClass(
          model,
          calls.andThen(
              new ClassTransform() {
                @Override
                public void accept(ClassBuilder builder, ClassElement element) {
                  builder.with(element);
                }

                @Override
                public void atEnd(ClassBuilder builder) {
                  for (int i = 0; i < replaced.size(); i++) {
                    DynamicCallSiteDesc site = replaced.get(i);
                    builder.withMethodBody(
                        name(i),
                        site.invocationType(),
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                        body -> write(body, site));
                  }
                }
              }));
    }

    private static boolean hasReplaced(MethodModel method) {
      return method.code().stream()
          .flatMap(CodeModel::elementStream)
          .anyMatch(each -> each instanceof InvokeDynamicInstruction call && isReplaced(call));
    }

    private static String name(int index) {
      return "linked$" + index;
    }

    private void call(CodeBuilder body, CodeElement element) {
      if (element instanceof InvokeDynamicInstruction dynamic && isReplaced(dynamic)) {
        DynamicCallSiteDesc site = dynamic.invokedynamic().asSymbol();
        body.invokestatic(
            owner,
            name(replaced.size()),
            site.invocationType(),
            model.flags().has(AccessFlag.INTERFACE));
        replaced.add(site);
      } else {
        body.with(element);
      }
    }

    /// Labels of a switch that are no classes (strings, numbers, constants of an enum) stay.
    private static boolean isReplaced(InvokeDynamicInstruction dynamic) {
      DynamicCallSiteDesc site = dynamic.invokedynamic().asSymbol();
      return PrepareClasses.isReplaced(dynamic.invokedynamic().bootstrap())
          && (!site.invocationName().equals("typeSwitch")
              || Stream.of(site.bootstrapArgs()).allMatch(ClassDesc.class::isInstance))
          && !site.invocationName().equals("enumSwitch");
    }

    private void write(CodeBuilder body, DynamicCallSiteDesc site) {
      switch (site.invocationName()) {
        case "typeSwitch" -> typeSwitch(body, site);
        case "equals" -> equals(body, getters(site));
        case "hashCode" -> hashCode(body, getters(site));
        case "toString" -> toString(body, site);
        default -> throw new IllegalArgumentException(site.toString());
      }
    }

    /// -1 for null, else the first label from the second argument on that fits.
    private static void typeSwitch(CodeBuilder body, DynamicCallSiteDesc site) {
      Label isThere = body.newLabel();
      body.aload(0).ifnonnull(isThere).iconst_m1().ireturn().labelBinding(isThere);
      ConstantDesc[] labels = site.bootstrapArgs();
      for (int i = 0; i < labels.length; i++) {
        Label next = body.newLabel();
        body.iload(1).loadConstant(i).if_icmpgt(next);
        body.aload(0).instanceOf((ClassDesc) labels[i]).ifeq(next);
        body.loadConstant(i).ireturn().labelBinding(next);
      }
      body.loadConstant(labels.length).ireturn();
    }

    private static List<DirectMethodHandleDesc> getters(DynamicCallSiteDesc site) {
      return Stream.of(site.bootstrapArgs())
          .skip(2)
          .map(DirectMethodHandleDesc.class::cast)
          .toList();
    }

    private ClassDesc field(CodeBuilder body, int receiver, DirectMethodHandleDesc getter) {
      ClassDesc type = getter.invocationType().returnType();
      body.aload(receiver).getfield(owner, getter.methodName(), type);
      return type;
    }

    private void equals(CodeBuilder body, List<DirectMethodHandleDesc> getters) {
      Label differ = body.newLabel();
      body.aload(1).instanceOf(owner).ifeq(differ);
      body.aload(1).checkcast(owner).astore(2);
      for (DirectMethodHandleDesc getter : getters) {
        ClassDesc type = field(body, 0, getter);
        field(body, 2, getter);
        switch (TypeKind.from(type)) {
          case BOOLEAN, BYTE, SHORT, CHAR, INT -> body.if_icmpne(differ);
          case LONG -> body.lcmp().ifne(differ);
          case REFERENCE ->
              body.invokestatic(
                      OBJECTS,
                      "equals",
                      MethodTypeDesc.of(
                          ConstantDescs.CD_boolean,
                          ConstantDescs.CD_Object,
                          ConstantDescs.CD_Object))
                  .ifeq(differ);
          default ->
              body.invokestatic(
                      boxed(type), "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type))
                  .ifne(differ);
        }
      }
      body.iconst_1().ireturn().labelBinding(differ).iconst_0().ireturn();
    }

    private void hashCode(CodeBuilder body, List<DirectMethodHandleDesc> getters) {
      body.iconst_0();
      for (DirectMethodHandleDesc getter : getters) {
        body.bipush(31).imul();
        ClassDesc type = field(body, 0, getter);
        boolean isObject = !type.isPrimitive();
        body.invokestatic(
            isObject ? OBJECTS : boxed(type),
            "hashCode",
            MethodTypeDesc.of(
                ConstantDescs.CD_int, isObject ? ConstantDescs.CD_Object : type));
        body.iadd();
      }
      body.ireturn();
    }

    private void toString(CodeBuilder body, DynamicCallSiteDesc site) {
      body.new_(BUILDER).dup().invokespecial(BUILDER, "<init>", ConstantDescs.MTD_void);
      String separator = owner.displayName().replaceFirst(".*\\$", "") + "[";
      for (DirectMethodHandleDesc getter : getters(site)) {
        append(body.loadConstant(separator + getter.methodName() + "="), ConstantDescs.CD_String);
        append(body, field(body, 0, getter));
        separator = ", ";
      }
      String end = separator.equals(", ") ? "]" : separator + "]";
      append(body.loadConstant(end), ConstantDescs.CD_String);
      body.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(ConstantDescs.CD_String)).areturn();
    }

    private static void append(CodeBuilder body, ClassDesc type) {
      ClassDesc taken =
          switch (TypeKind.from(type)) {
            case BYTE, SHORT -> ConstantDescs.CD_int;
            case REFERENCE ->
                type.equals(ConstantDescs.CD_String) ? type : ConstantDescs.CD_Object;
            default -> type;
          };
      body.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, taken));
    }

    private static ClassDesc boxed(ClassDesc primitive) {
      return TypeKind.from(primitive) == TypeKind.INT
          ? ConstantDescs.CD_Integer
          : switch (TypeKind.from(primitive)) {
            case BOOLEAN -> ConstantDescs.CD_Boolean;
            case BYTE -> ConstantDescs.CD_Byte;
            case SHORT -> ConstantDescs.CD_Short;
            case CHAR -> ConstantDescs.CD_Character;
            case LONG -> ConstantDescs.CD_Long;
            case FLOAT -> ConstantDescs.CD_Float;
            default -> ConstantDescs.CD_Double;
          };
    }
  }
}
