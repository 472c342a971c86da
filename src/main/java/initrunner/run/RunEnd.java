package initrunner.run;

import initrunner.agent.AgentRun;
import initrunner.exec.RemedyException;
import java.util.List;

/// How a run ended or paused.
///
/// @param unkept why some of it could not be stored; what came of the run holds all the same
public record RunEnd(AgentRun run, List<RemedyException> unkept) {

  public RunEnd {
    unkept = List.copyOf(unkept);
  }
}
