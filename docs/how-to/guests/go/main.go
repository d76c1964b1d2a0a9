// Answers count, sum, least and greatest of the numbers that are its input.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

type stats struct {
	Count int     `json:"count"`
	Sum   float64 `json:"sum"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

func statsOf(numbers []float64) (stats, error) {
	if len(numbers) == 0 {
		return stats{}, errors.New("there are no numbers")
	}
	found := stats{Count: len(numbers), Min: numbers[0], Max: numbers[0]}
	for _, number := range numbers {
		found.Sum += number
		found.Min = min(found.Min, number)
		found.Max = max(found.Max, number)
	}
	return found, nil
}

func run() error {
	var numbers []float64
	if err := json.NewDecoder(os.Stdin).Decode(&numbers); err != nil {
		return fmt.Errorf("the input must be a list of numbers: %w", err)
	}
	found, err := statsOf(numbers)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
