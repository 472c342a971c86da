package initrunner.launch.bwrap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The system calls that a command in bubblewrap may not make, as a program for the kernel
/// (seccomp, classic BPF). Namespaces leave open what they reach: the caller's keyrings, new user
/// namespaces with capabilities in them, and files that stay and run as their owner. Pure.
final class SyscallFilter {

  private static final int LOAD = 0x20;
  private static final int IF_EQUAL = 0x15;
  private static final int IF_ANY_BIT = 0x45;
  private static final int IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;

  private static final int ALLOW = 0x7fff_0000;
  private static final int NOT_PERMITTED = 0x0005_0000 | 1;
  private static final int NOT_THERE = 0x0005_0000 | 38;

  private static final int NUMBER_OFFSET = 0;
  private static final int ARCHITECTURE_OFFSET = 4;
  private static final int ARGUMENTS_OFFSET = 16;

  private static final int SET_ID_BITS = 06000;
  private static final int NEW_USER_NAMESPACE = 0x1000_0000;

  /// `O_CREAT` and `__O_TMPFILE`: only with one of them is there a mode.
  private static final int CREATING = 0x40_0040;

  /// The bit in all numbers of x32, the calls with 32-bit pointers.
  private static final int X32 = 0x4000_0000;

  private static final List<String> REFUSED =
      List.of("add_key", "request_key", "keyctl", "io_uring_setup");

  /// Calls whose arguments a filter cannot read. Programs fall back to older calls.
  private static final List<String> ABSENT = List.of("clone3", "openat2");

  /// The argument that is a file's mode.
  private static final Map<String, Integer> MODES =
      numbers("chmod=1 fchmod=1 fchmodat=2 fchmodat2=2 creat=1 mknod=1 mknodat=2");

  /// The argument that is a set of flags; the mode comes after it.
  private static final Map<String, Integer> OPENS = numbers("open=1 openat=2");

  private static final String NEW = "clone3=435 openat2=437 fchmodat2=452 io_uring_setup=425 ";

  /// The system calls of one kind of program, with their numbers.
  private record Abi(int architecture, String numbers) {}

  private static final Abi X86_64 =
      new Abi(
          0xC000_003E,
          NEW
              + "add_key=248 request_key=249 keyctl=250 chmod=90 fchmod=91 fchmodat=268 creat=85"
              + " mknod=133 mknodat=259 open=2 openat=257 clone=56 unshare=272");
  private static final Abi I386 =
      new Abi(
          0x4000_0003,
          NEW
              + "add_key=286 request_key=287 keyctl=288 chmod=15 fchmod=94 fchmodat=306 creat=8"
              + " mknod=14 mknodat=297 open=5 openat=295 clone=120 unshare=310");
  private static final Abi AARCH64 =
      new Abi(
          0xC000_00B7,
          NEW
              + "add_key=217 request_key=218 keyctl=219 fchmod=52 fchmodat=53 mknodat=33 openat=56"
              + " clone=220 unshare=97");
  private static final Abi ARM =
      new Abi(
          0x4000_0028,
          NEW
              + "add_key=309 request_key=310 keyctl=311 chmod=15 fchmod=94 fchmodat=333 creat=8"
              + " mknod=14 mknodat=324 open=5 openat=322 clone=120 unshare=337");

  private SyscallFilter() {}

  private static SequencedMap<String, Integer> numbers(String text) {
    SequencedMap<String, Integer> numbers = new LinkedHashMap<>();
    for (String word : text.split(" ", -1)) {
      int equals = word.indexOf('=');
      numbers.put(word.substring(0, equals), Integer.valueOf(word.substring(equals + 1)));
    }
    return numbers;
  }

  /// The program for a machine, as a format of `printf` that prints it; empty for other machines.
  ///
  /// @param machine as `uname -m` names it
  static Optional<String> of(String machine) {
    return switch (machine) {
      case "x86_64" -> Optional.of(octal(program(List.of(X86_64, I386))));
      case "aarch64" -> Optional.of(octal(program(List.of(AARCH64, ARM))));
      default -> Optional.empty();
    };
  }

  private record Instruction(int code, int ifSo, int ifNot, int value) {}

  private static Instruction load(int offset) {
    return new Instruction(LOAD, 0, 0, offset);
  }

  private static Instruction returning(int value) {
    return new Instruction(RETURN, 0, 0, value);
  }

  private static Instruction skipUnless(int code, int value, int skipped) {
    return new Instruction(code, 0, skipped, value);
  }

  private static List<Instruction> program(List<Abi> abis) {
    List<Instruction> program = new ArrayList<>();
    for (Abi abi : abis) {
      List<Instruction> rules = rules(abi);
      program.add(load(ARCHITECTURE_OFFSET));
      program.add(skipUnless(IF_EQUAL, abi.architecture(), rules.size()));
      program.addAll(rules);
    }
    program.add(returning(NOT_THERE));
    return program;
  }

  private static List<Instruction> rules(Abi abi) {
    List<Instruction> rules = new ArrayList<>();
    rules.add(load(NUMBER_OFFSET));
    if (abi.equals(X86_64)) {
      rules.add(skipUnless(IF_AT_LEAST, X32, 1));
      rules.add(returning(NOT_THERE));
    }
    numbers(abi.numbers())
        .forEach((call, number) -> {
          List<Instruction> rule = rule(call);
          rules.add(skipUnless(IF_EQUAL, number, rule.size()));
          rules.addAll(rule);
        });
    rules.add(returning(ALLOW));
    return rules;
  }

  private static List<Instruction> rule(String call) {
    if (REFUSED.contains(call)) {
      return List.of(returning(NOT_PERMITTED));
    }
    if (ABSENT.contains(call)) {
      return List.of(returning(NOT_THERE));
    }
    List<Instruction> rule = new ArrayList<>();
    if (OPENS.containsKey(call)) {
      int flags = OPENS.get(call);
      rule.add(load(argument(flags)));
      rule.add(skipUnless(IF_ANY_BIT, CREATING, 3));
      rule.addAll(refusingBits(flags + 1, SET_ID_BITS));
    } else if (MODES.containsKey(call)) {
      rule.addAll(refusingBits(MODES.get(call), SET_ID_BITS));
    } else {
      rule.addAll(refusingBits(0, NEW_USER_NAMESPACE));
    }
    rule.add(returning(ALLOW));
    return rule;
  }

  private static List<Instruction> refusingBits(int argument, int bits) {
    return List.of(
        load(argument(argument)), skipUnless(IF_ANY_BIT, bits, 1), returning(NOT_PERMITTED));
  }

  /// The lower half, which comes first on these machines.
  private static int argument(int index) {
    return ARGUMENTS_OFFSET + Long.BYTES * index;
  }

  private static String octal(List<Instruction> program) {
    StringBuilder text = new StringBuilder();
    for (Instruction instruction : program) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putShort((short) instruction.code());
      bytes.put((byte) instruction.ifSo()).put((byte) instruction.ifNot());
      bytes.putInt(instruction.value());
      for (byte each : bytes.array()) {
        text.append('\\').append(Integer.toOctalString(each & 0xFF));
      }
    }
    return text.toString();
  }
}
