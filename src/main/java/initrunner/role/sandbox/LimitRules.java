package initrunner.role.sandbox;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Values;

/// The ranges of `memory_limit` and `cpu_limit`. Over plain ssh limits have no effect, so a role
/// may keep any positive number there.
final class LimitRules {

  private static final Text MEMORY = ByteSize.from("6m", "memory_limit");
  private static final Decimal PROCESSORS = Decimal.between(0.01, 8192);

  /// The type of a field whose range is checked here.
  static final Decimal ANY = Decimal.above(0);

  private LimitRules() {}

  static void check(Values sandbox, Decoding decoding) {
    boolean isInert =
        sandbox.has(SandboxSettings.BACKEND, Backend.SSH)
            && SshRules.launcher(sandbox) == Launcher.NONE;
    if (!isInert) {
      check(SandboxSettings.CPU_LIMIT, PROCESSORS, sandbox, decoding);
      check(SandboxSettings.MEMORY_LIMIT, MEMORY, sandbox, decoding);
    }
  }

  /// `range` reports the fault of a value that has passed the field's own type.
  private static <T> void check(Field<T> field, Type<T> range, Values sandbox, Decoding decoding) {
    sandbox
        .written(field)
        .filter(_ -> sandbox.find(field).isPresent())
        .ifPresent(yaml -> range.decode(yaml, decoding));
  }
}
