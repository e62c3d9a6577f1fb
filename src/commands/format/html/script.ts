/**
 * What a report does where scripts run: a search, a choice of severity, and buttons that copy. Without it all of the report is
 * there, and nothing of this.
 */
export const SCRIPT = `
const form=document.querySelector('form');
const articles=[...document.querySelectorAll('article')].map(node=>({node,text:undefined}));
const sections=[...document.querySelectorAll('section.namespace')];
const ranks={high:0,medium:1,low:2,note:3,ok:4};
const count=form.querySelector('output');
function textOf(node){
  const drawn=node.querySelector('use')?.getAttribute('href').slice(1);
  const text=node.closest('section').id.slice(3)+' '+node.textContent;
  return (drawn?text+' '+document.getElementById(drawn).textContent:text).toLowerCase();
}
function filter(){
  const words=form.search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const worst=ranks[form.severity.value]??4;
  let shown=0;
  for(const each of articles){
    const isSevere=ranks[each.node.className]<=worst;
    let isMeant=isSevere;
    if(isSevere&&words.length>0){
      each.text??=textOf(each.node);
      isMeant=words.every(word=>each.text.includes(word));
    }
    each.node.hidden=!isMeant;
    if(isMeant)shown+=1;
  }
  for(const section of sections)section.hidden=!section.querySelector('article:not([hidden])');
  count.textContent=shown+' of '+articles.length+' shown';
}
form.addEventListener('input',filter);
form.addEventListener('submit',event=>event.preventDefault());
form.hidden=false;
document.addEventListener('toggle',event=>{
  const pre=event.target.querySelector?.('pre');
  if(!pre||pre.querySelector('button')||!navigator.clipboard)return;
  const text=pre.textContent;
  const button=document.createElement('button');
  button.type='button';button.className='copy';button.textContent='Copy';
  button.addEventListener('click',async()=>{await navigator.clipboard.writeText(text);button.textContent='Copied';});
  pre.append(button);
},true);
`;
