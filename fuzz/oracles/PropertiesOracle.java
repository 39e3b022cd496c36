import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeSet;

/** Says of each file named on standard input which names java.util.Properties reads from it, a line each: `read` with the sorted names in hex, or `refused REASON`. */
public class PropertiesOracle {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) System.out.println(answer(path));
  }

  private static String answer(String path) {
    // Bytes that are no UTF-8 become the replacement character, as in Node.
    try (Reader reader = new InputStreamReader(Files.newInputStream(Path.of(path)), StandardCharsets.UTF_8)) {
      Properties properties = new Properties();
      properties.load(reader);
      StringBuilder text = new StringBuilder("read");
      for (String name : new TreeSet<>(properties.stringPropertyNames())) {
        text.append(' ');
        for (char unit : name.toCharArray()) text.append(String.format("%04x", (int) unit));
      }
      return text.toString();
    } catch (Exception error) {
      return "refused " + String.valueOf(error).replaceAll("\\s+", " ");
    }
  }
}
