package dev.netbase.api.platform.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts bodies as they are read, since not every request says how long its body is. */
@Provider
public final class BodyLimit implements ReaderInterceptor {
    /** The most bytes of a body that is not an upload; uploads count their own. */
    static final long MAX_BYTES = 16L << 20;

    static final String DETAIL = "the body may have " + MAX_BYTES + " bytes";

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException, WebApplicationException {
        if (context.getType() != InputStream.class) {
            context.setInputStream(new CountedStream(context.getInputStream()));
        }
        return context.proceed();
    }

    /** An {@link IOException}, since a JSON reader would take any other exception for a fault of the text. */
    static final class BodyTooLargeException extends IOException {
        BodyTooLargeException() {
            super(DETAIL);
        }
    }

    private static final class CountedStream extends FilterInputStream {
        private long left = MAX_BYTES;

        CountedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int bytes) throws BodyTooLargeException {
            left -= bytes;
            if (left < 0) {
                throw new BodyTooLargeException();
            }
        }
    }
}
