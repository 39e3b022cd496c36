import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Says of each archive named on standard input what Java makes of it, a line each: `refused REASON`, or `read` with the name (in
 * hex) and the CRC of the content of every entry, `!` where its content cannot be read.
 */
public class ZipOracle {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) System.out.println(answer(path));
  }

  private static String answer(String path) {
    StringBuilder answer = new StringBuilder("read");
    try (ZipFile file = new ZipFile(path)) {
      Enumeration<? extends ZipEntry> entries = file.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        answer.append(' ').append(hex(entry.getName())).append('=').append(content(file, entry));
      }
      return answer.toString();
    } catch (Exception error) {
      return "refused " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    }
  }

  private static String content(ZipFile file, ZipEntry entry) {
    CRC32 crc = new CRC32();
    byte[] bytes = new byte[8192];
    long size = 0;
    try (InputStream in = file.getInputStream(entry)) {
      for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
        crc.update(bytes, 0, count);
        size += count;
        if (size > 16 * 1024 * 1024) return "large";
      }
      return Long.toHexString(crc.getValue());
    } catch (Exception error) {
      return "!";
    }
  }

  private static String hex(String name) {
    StringBuilder text = new StringBuilder();
    for (byte value : name.getBytes(StandardCharsets.UTF_8)) text.append(String.format("%02x", value));
    return text.toString();
  }
}
