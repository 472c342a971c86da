package initrunner.role.sandbox;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Values;

/// What `memory_limit` and `cpu_limit` may be. Where commands run as they are on a host, no limit
/// has an effect, so that any that could be one anywhere is taken.
final class LimitRules {

  private static final Text MEMORY = ByteSize.from("6m", "memory_limit");
  private static final Decimal PROCESSORS = Decimal.between(0.01, 8192);

  /// Of a number whose range is checked here.
  static final Decimal ANY = Decimal.above(0);

  private LimitRules() {}

  static void check(Values sandbox, Decoding decoding) {
    boolean isInert =
        sandbox.find(SandboxSettings.BACKEND).filter(Backend.SSH::equals).isPresent()
            && SshRules.launcher(sandbox) == Launcher.NONE;
    if (!isInert) {
      check(SandboxSettings.CPU_LIMIT, PROCESSORS, sandbox, decoding);
      check(SandboxSettings.MEMORY_LIMIT, MEMORY, sandbox, decoding);
    }
  }

  /// The type reports what is wrong with a value that the field has taken.
  private static <T> void check(Field<T> field, Type<T> range, Values sandbox, Decoding decoding) {
    sandbox
        .written(field)
        .filter(_ -> sandbox.find(field).isPresent())
        .ifPresent(yaml -> range.decode(yaml, decoding));
  }
}
