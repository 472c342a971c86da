package initrunner.runtime.mounts;

import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Rules;
import initrunner.transfer.TransferReport;
import java.util.function.Supplier;

/// Records transfers.
@FunctionalInterface
public interface TransferRecorder {

  /// Records nothing.
  TransferRecorder NONE = (_, _, transfer) -> transfer.get();

  /// Makes a transfer, and records it and its end. Blocks as the transfer does.
  TransferReport recorded(Trees trees, Rules rules, Supplier<TransferReport> transfer);
}
