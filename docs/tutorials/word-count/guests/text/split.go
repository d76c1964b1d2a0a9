package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
)

const maxChunks = 256

type splitInput struct {
	File   string `json:"file"`   // relative to the package version, e.g. data/austen.txt
	Chunks int    `json:"chunks"` // 1 to maxChunks
}

type splitOutput struct {
	SizeBytes int64   `json:"size_bytes"`
	Chunks    []chunk `json:"chunks"`
}

// chunk is the byte range [Start, End) of the file.
type chunk struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

func split(in *json.Decoder) (splitOutput, error) {
	var input splitInput
	if err := in.Decode(&input); err != nil {
		return splitOutput{}, fmt.Errorf("split: unreadable input: %w", err)
	}
	if input.Chunks < 1 || input.Chunks > maxChunks {
		return splitOutput{}, fmt.Errorf("split: chunks must be 1 to %d, not %d", maxChunks, input.Chunks)
	}
	file, err := os.Open(path.Join("/asset", input.File))
	if err != nil {
		return splitOutput{}, fmt.Errorf("split: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return splitOutput{}, fmt.Errorf("split: %w", err)
	}
	chunks, err := cut(file, info.Size(), input.Chunks)
	if err != nil {
		return splitOutput{}, fmt.Errorf("split: %w", err)
	}
	return splitOutput{SizeBytes: info.Size(), Chunks: chunks}, nil
}

// cut divides size bytes into at most n chunks of about the same length. A chunk ends at the first
// white space at or after its even share, so no word is ever in two chunks; a word longer than a
// share makes for fewer chunks.
func cut(text io.ReaderAt, size int64, n int) ([]chunk, error) {
	chunks := make([]chunk, 0, n)
	start := int64(0)
	for i := 1; i <= n && start < size; i++ {
		end, err := nextWhiteSpace(text, max(start, size*int64(i)/int64(n)), size)
		if err != nil {
			return nil, err
		}
		if end > start {
			chunks = append(chunks, chunk{Start: start, End: end})
			start = end
		}
	}
	return chunks, nil
}

func nextWhiteSpace(text io.ReaderAt, from, size int64) (int64, error) {
	var block [256]byte
	for from < size {
		read, err := text.ReadAt(block[:min(int64(len(block)), size-from)], from)
		for i, c := range block[:read] {
			if c == ' ' || (c >= '\t' && c <= '\r') {
				return from + int64(i), nil
			}
		}
		if err != nil && err != io.EOF {
			return 0, err
		}
		if read == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		from += int64(read)
	}
	return size, nil
}
