package initrunner.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MovedFilesTest {

  private final MovedFiles moved = new MovedFiles("bringing the workspace to box");

  @Test
  void onlyWhatMovesIsNamedUntilItsAmountIsKnown() {
    assertThat(moved.text()).isEqualTo("bringing the workspace to box");
  }

  @Test
  void whatIsDoneIsCountedAndABrokenLinkIsNamedUntilItGoesOn() {
    moved.begin(12, 4_000_000);
    moved.moved(1_200_000);
    moved.finished(3);
    assertThat(moved.text())
        .isEqualTo("bringing the workspace to box: 3 of 12 files, 1.2 of 4.0 MB");

    moved.waits("the link broke");
    assertThat(moved.text()).endsWith("; trying again: the link broke");

    moved.begin(9, 2_800_000);
    assertThat(moved.text())
        .isEqualTo("bringing the workspace to box: 0 of 9 files, 0.0 of 2.8 MB");
  }
}
