module netbase/word-count/text

go 1.26
