package dev.netbase.model.id;

import com.aventrix.jnanoid.jnanoid.NanoIdUtils;
import java.security.SecureRandom;
import java.util.Arrays;

/** Makes the identifiers that leave the system. All are of {@code A-Za-z0-9_-} and never begin with {@code -}. */
public final class Ids {
    /** In ASCII order, so that ids which begin with a time sort by it. */
    private static final char[] ALPHABET =
            "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".toCharArray();

    private static final char[] FIRST = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".toCharArray();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TIME_CHARS = 7;

    private Ids() {}

    /** A public id of an asset package: 12 random characters. */
    public static String packageId() {
        return NanoIdUtils.randomNanoId(RANDOM, FIRST, 1) + NanoIdUtils.randomNanoId(RANDOM, ALPHABET, 11);
    }

    /**
     * A 21-character id of 7 characters of time and 14 random ones (84 bits). Ids made later sort later, to the
     * millisecond, which keeps the indexes on them compact.
     *
     * @param epochMillis the time, in milliseconds since 1970, up to the year 2109
     */
    public static String timeOrdered(long epochMillis) {
        char[] time = new char[TIME_CHARS];
        long rest = epochMillis;
        for (int i = TIME_CHARS - 1; i >= 0; i--) {
            time[i] = ALPHABET[(int) (rest & 63)];
            rest >>>= 6;
        }
        return new String(time) + NanoIdUtils.randomNanoId(RANDOM, ALPHABET, 14);
    }

    /** When a time-ordered id was made, in milliseconds since 1970. */
    public static long madeAt(String timeOrdered) {
        long millis = 0;
        for (int i = 0; i < TIME_CHARS; i++) {
            millis = millis << 6 | Arrays.binarySearch(ALPHABET, timeOrdered.charAt(i));
        }
        return millis;
    }
}
