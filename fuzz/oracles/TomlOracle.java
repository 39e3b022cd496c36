import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.consensys.cava.toml.Toml;
import net.consensys.cava.toml.TomlArray;
import net.consensys.cava.toml.TomlParseResult;
import net.consensys.cava.toml.TomlTable;

/** Says of each TOML file named on standard input what MI's parser (cava-toml) makes of it, a line each: `read` with its data as JSON in hex, or `refused REASON`. */
public class TomlOracle {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) System.out.println(answer(path));
  }

  private static String answer(String path) {
    try {
      TomlParseResult result = Toml.parse(Path.of(path));
      if (result.hasErrors()) return "refused " + String.valueOf(result.errors().get(0)).replaceAll("\\s+", " ");
      StringBuilder hex = new StringBuilder("read ");
      for (byte value : json(result).getBytes(StandardCharsets.UTF_8)) hex.append(String.format("%02x", value));
      return hex.toString();
    } catch (Exception | StackOverflowError error) {
      return "refused " + String.valueOf(error).replaceAll("\\s+", " ");
    }
  }

  /** Not TomlTable.toJson, which does not escape keys as JSON has it. */
  private static String json(Object value) {
    StringBuilder text = new StringBuilder();
    if (value instanceof TomlTable) {
      TomlTable table = (TomlTable) value;
      for (String key : table.keySet())
        text.append(text.length() == 0 ? "" : ",").append(quoted(key)).append(':').append(json(table.get(List.of(key))));
      return "{" + text + "}";
    }
    if (value instanceof TomlArray) {
      TomlArray array = (TomlArray) value;
      for (int index = 0; index < array.size(); index++) text.append(index == 0 ? "" : ",").append(json(array.get(index)));
      return "[" + text + "]";
    }
    return value instanceof Number || value instanceof Boolean ? String.valueOf(value) : quoted(String.valueOf(value));
  }

  private static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (char character : value.toCharArray())
      if (character < ' ' || character == '"' || character == '\\' || character > '~') text.append(String.format("\\u%04x", (int) character));
      else text.append(character);
    return text.append('"').toString();
  }
}
