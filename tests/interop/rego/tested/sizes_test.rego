package team.sizes_test

import data.team.sizes

layers := [{"title": "a", "size": 100}, {"title": "b", "size": 101}]

test_larger if sizes.over(101)

test_equal if not sizes.over(100)

test_message if {
	sizes.deny == {"b is too large"} with input as {"subject": {"layers": layers}}
}

test_other_limit if {
	count(sizes.deny) == 2 with input as {"subject": {"layers": layers}} with data.team.sizes.limit as 10
}

test_replaced_function if {
	sizes.deny == set() with input as {"subject": {"layers": layers}} with sizes.over as false
}

test_every if {
	every layer in layers { layer.size >= 100 }
}

test_fails if sizes.over(1)

test_fails_without_input if count(input.subject.layers) == 2

test_false := false

test_text := "anything but false"

todo_test_later if sizes.over(1)
