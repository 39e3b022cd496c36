import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;

/** Says of each XML file named on standard input whether MI's parser (woodstox) reads it to its end: `read` or `refused REASON`. */
public class XmlOracle {
  public static void main(String[] arguments) throws Exception {
    XMLInputFactory factory = new com.ctc.wstx.stax.WstxInputFactory();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) System.out.println(answer(factory, path));
  }

  private static String answer(XMLInputFactory factory, String path) {
    try (InputStream in = new FileInputStream(path)) {
      XMLStreamReader reader = factory.createXMLStreamReader(in);
      while (reader.hasNext()) {
        reader.next();
        if (reader.isCharacters()) reader.getText();
      }
      return "read";
    } catch (Exception | StackOverflowError error) {
      return "refused " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    }
  }
}
