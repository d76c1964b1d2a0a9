package main

import (
	"encoding/json"
	"fmt"
)

type mergeInput struct {
	Parts []map[string]int64 `json:"parts"` // word to count, one map a chunk
}

// merge adds up the parts. The answer is one map, which encoding/json writes sorted by word: the
// same parts give the same bytes.
func merge(in *json.Decoder) (map[string]int64, error) {
	var input mergeInput
	if err := in.Decode(&input); err != nil {
		return nil, fmt.Errorf("merge: unreadable input: %w", err)
	}
	total := make(map[string]int64)
	for _, part := range input.Parts {
		for word, count := range part {
			total[word] += count
		}
	}
	return total, nil
}
