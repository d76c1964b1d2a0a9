;; A component that exports nothing that could be called.
(component)
