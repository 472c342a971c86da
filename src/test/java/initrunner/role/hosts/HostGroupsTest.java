package initrunner.role.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostGroupsTest {

  @TempDir private Path home;

  private HostGroups load(String yaml) throws IOException {
    Files.writeString(home.resolve(HostGroups.FILE), yaml);
    return HostGroups.load(home);
  }

  @Test
  void aGroupIsItsHostsAndThoseOfTheGroupsInIt() throws IOException {
    HostGroups groups =
        load(
            """
            groups:
              web: ["web[1-2]", db]
              all:
                - "@web"
                - gpu
                - "test*"
            """);
    assertThat(groups.read("x,@all,gpu,@web"))
        .containsExactly(
            new HostWord.Names(List.of("x")),
            new HostWord.Names(List.of("web1", "web2")),
            new HostWord.Names(List.of("db")),
            new HostWord.Names(List.of("gpu")),
            new HostWord.Glob("test*"));
  }

  @Test
  void withoutAFileThereAreNoGroups() {
    HostGroups none = HostGroups.load(home);
    assertThat(none.read("web1")).containsExactly(new HostWord.Names(List.of("web1")));
    assertThatThrownBy(() -> none.read("@web")).hasMessageContaining("there is no group '@web'");
  }

  @Test
  void allFaultsOfAFileAreShownWithTheirPlaces() {
    assertThatThrownBy(() ->
            load(
                """
                groups:
                  web: ["@wbe2", "-x"]
                  web2: ["@loop"]
                  loop: ["@web2"]
                grops: {}
                """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.lines())
                    .anyMatch(line ->
                        line.contains("hosts.yaml:2:9") && line.contains("did you mean @web2?"))
                    .anyMatch(
                        line -> line.contains("hosts.yaml:2:18") && line.contains("is no host"))
                    .anyMatch(
                        line -> line.contains("hosts.yaml:3:10") && line.contains("leads back"))
                    .anyMatch(line ->
                        line.contains("hosts.yaml:5:1") && line.contains("did you mean groups?")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,,b|is no host",
        "-oProxyCommand=x|is no host",
        "@|is no group",
        "web[a-b]|brackets without numbers",
        "web[2-1]|runs backwards",
        "w*[1-2]|two words",
        "w\u0435b|Cyrillic",
      })
  void aWordThatIsNoHostIsRefused(String list, String why) {
    assertThatThrownBy(() -> HostGroups.NONE.read(list)).hasMessageContaining(why);
  }

  @Test
  void aPatternFitsWholeAliases() {
    HostWord.Glob glob = new HostWord.Glob("web?.*");
    assertThat(glob.fits("web1.example")).isTrue();
    assertThat(glob.fits("web12.example")).isFalse();
    assertThat(glob.fits("myweb1.x")).isFalse();
    assertThat(new HostWord.Glob("a.b").fits("axb")).isFalse();
  }
}
