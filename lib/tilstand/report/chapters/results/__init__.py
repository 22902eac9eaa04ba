"""Show marks, mastery levels and the spread between schools from the documents."""
