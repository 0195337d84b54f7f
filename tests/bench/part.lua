--- The value that so many parts of all are not above; sorts them.
---@param values number[]
---@param share number 1 for the worst of all
---@return number
return function(values, share)
  table.sort(values)
  return values[math.ceil(#values * share)]
end
