package initrunner.run;

import initrunner.agent.AgentRun;
import initrunner.exec.RemedyException;
import java.util.List;

/// How a run ended or paused.
///
/// @param unkept the failures to store parts of it; the run's result holds all the same
public record RunEnd(AgentRun run, List<RemedyException> unkept) {

  public RunEnd {
    unkept = List.copyOf(unkept);
  }
}
